"""Section of a person's page: exits, follow-ups due, levels of insertion."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse

from parcours.droits.sorties import ETATS_ENTRES
from parcours.models import (
    NatureSortie,
    PalierInsertion,
    Prescription,
    Sortie,
    SuiviPostSortie,
)
from parcours.regles.delais import plus_mois

from .base import Geste, Lecture, Section

MOIS_POUR_CONSTATER = 6  # an action over for longer is no longer offered


def section(lecture: Lecture) -> Section | None:
    """Return the exits with their follow-ups. Two queries at most, one when there is no exit."""
    sorties = list(
        Sortie.objects.filter(personne=lecture.personne.pk).select_related("type", "motif", "prescription__palier")
    )
    if not sorties:
        return None
    par_sortie: dict[int, list[SuiviPostSortie]] = {}
    if any(s.nature == NatureSortie.ACCOMPAGNEMENT for s in sorties):
        for suivi in SuiviPostSortie.objects.filter(sortie__personne=lecture.personne.pk).order_by("du_le"):
            par_sortie.setdefault(suivi.sortie_id, []).append(suivi)
    donnees = {
        "sorties": [(s, par_sortie.get(s.pk, []), _palier(s)) for s in sorties], "jour": lecture.jour,
        "ecrit": lecture.ecrit,
    }  # fmt: skip
    return Section("parcours/sorties/_section.html", donnees)


def _palier(sortie: Sortie) -> PalierInsertion | None:
    return getattr(sortie.prescription, "palier", None) if sortie.prescription else None


def gestes(lecture: Lecture) -> list[Geste]:
    """Return the exits and levels that may be recorded. One query."""
    pk = lecture.personne.pk
    possibles = [
        Geste("Terminer l’accompagnement", reverse("parcours:accompagnement_terminer", args=[pk])),
        Geste("Noter la sortie du RSA", reverse("parcours:sortie_rsa", args=[pk])),
    ]
    recentes = Q(fin_le__isnull=True) | Q(fin_le__gte=plus_mois(lecture.jour, -MOIS_POUR_CONSTATER))
    actions = Prescription.objects.filter(recentes, personne=pk, etat__in=ETATS_ENTRES, entree_le__isnull=False)
    for action in actions.filter(sortie__isnull=True).select_related("offre"):
        possibles.append(
            Geste(f"Noter la sortie de «\u00a0{action}\u00a0»", reverse("parcours:sortie_action", args=[action.pk]))
        )
        possibles.append(
            Geste(f"Noter le palier avant «\u00a0{action}\u00a0»", reverse("parcours:palier", args=[action.pk]))
        )
    return possibles
