"""Contracts and aids that one gesture of the user sets going again: to decide, or sent back to be corrected."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Min
from django.urls import reverse

from parcours.models import AttributionAide, Contrat, EtatAide, EtatContrat
from pdi.comptes.models import Role

from .file import ICONES, File


def _file(lus: dict[str, Any], mots: tuple[str, str], detail: str, seul: str, liste: str, mention: str) -> list[File]:
    """Return the queue, none when nothing waits; a single row opens itself, by the name `seul` of its screen."""
    if not lus["n"]:
        return []
    url = reverse(seul, args=[lus["un"]]) if lus["n"] == 1 else liste
    return [File(lus["n"], mots[lus["n"] > 1], detail, url, "veille", mention, ICONES["attente"])]


def files_actes(utilisateur: Any) -> list[File]:
    """Return the aids an encadrant decides, the contracts and aids sent back to a référent. Three queries at most."""
    files, comptes = [], {"n": Count("pk"), "un": Min("pk")}
    aides = reverse("parcours:aides")
    if utilisateur.a_role(Role.ENCADRANT):
        a_decider = AttributionAide.objects.visibles_par(utilisateur).a_decider().aggregate(**comptes)
        files += _file(
            a_decider, ("aide à décider", "aides à décider"), "La personne attend l’accord ou le refus.",
            "parcours:aide", f"{aides}?vue=a_decider", "Attend votre décision",
        )  # fmt: skip
    if utilisateur.a_role(Role.REFERENT, Role.ENCADRANT):
        contrats = Contrat.objects.visibles_par(utilisateur).filter(etat=EtatContrat.A_CORRIGER, referent=utilisateur)
        files += _file(
            contrats.aggregate(**comptes), ("contrat renvoyé à corriger", "contrats renvoyés à corriger"),
            "L’encadrant a dit quoi reprendre.", "parcours:contrat",
            f"{reverse('parcours:contrats')}?situation=a_corriger&referent={utilisateur.pk}", "À corriger",
        )  # fmt: skip
        renvoyees = AttributionAide.objects.visibles_par(utilisateur).filter(
            etat=EtatAide.A_CORRIGER, demandee_par=utilisateur
        )
        files += _file(
            renvoyees.aggregate(**comptes), ("aide renvoyée à compléter", "aides renvoyées à compléter"),
            "L’encadrant a dit ce qui manque.", "parcours:aide", f"{aides}?vue=a_completer", "À compléter",
        )  # fmt: skip
    return files
