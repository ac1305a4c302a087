"""Section of a person's page: exits, follow-ups due, levels of insertion."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse

from parcours.chronologie import PRESCRIPTION, SORTIE
from parcours.droits.sorties import ETATS_ENTRES
from parcours.models import (
    NatureSortie,
    PalierInsertion,
    Prescription,
    Sortie,
    SuiviPostSortie,
)
from parcours.regles.delais import plus_mois

from .base import AIDER, TERMINER, Geste, Lecture, Section

MOIS_POUR_CONSTATER = 6  # an action over for longer is no longer offered


def section(lecture: Lecture) -> Section | None:
    """Return the exits with their follow-ups. Two queries at most, none when there is no exit."""
    if not lecture.a_vecu(SORTIE):
        return None
    sorties = list(
        Sortie.objects.filter(personne=lecture.personne.pk).select_related("type", "motif", "prescription__palier")
    )
    par_sortie: dict[int, list[SuiviPostSortie]] = {}
    if any(s.nature == NatureSortie.ACCOMPAGNEMENT for s in sorties):
        for suivi in SuiviPostSortie.objects.filter(sortie__personne=lecture.personne.pk).order_by("du_le"):
            par_sortie.setdefault(suivi.sortie_id, []).append(suivi)
    donnees = {
        "sorties": [(s, par_sortie.get(s.pk, []), _palier(s)) for s in sorties], "jour": lecture.jour,
        "ecrit": lecture.ecrit,
    }  # fmt: skip
    return Section("parcours/sorties/_section.html", "Sorties et suivis", "t-sorties", donnees)


def _palier(sortie: Sortie) -> PalierInsertion | None:
    return getattr(sortie.prescription, "palier", None) if sortie.prescription else None


def gestes(lecture: Lecture) -> list[Geste]:
    """Return the exits and levels that may be recorded. One query, none without a prescription."""
    pk = lecture.personne.pk
    possibles = [
        Geste("Terminer l’accompagnement", reverse("parcours:accompagnement_terminer", args=[pk]), TERMINER),
        Geste("Noter la sortie du RSA", reverse("parcours:sortie_rsa", args=[pk]), TERMINER),
    ]
    if not lecture.a_vecu(PRESCRIPTION):
        return possibles
    recentes = Q(fin_le__isnull=True) | Q(fin_le__gte=plus_mois(lecture.jour, -MOIS_POUR_CONSTATER))
    actions = Prescription.objects.filter(recentes, personne=pk, etat__in=ETATS_ENTRES, entree_le__isnull=False)
    for action in actions.filter(sortie__isnull=True).select_related("offre"):
        palier, sortie = (reverse(f"parcours:{nom}", args=[action.pk]) for nom in ("palier", "sortie_action"))
        possibles.append(Geste(f"Noter le palier avant «\u00a0{action}\u00a0»", palier, AIDER))
        possibles.append(Geste(f"Noter la sortie de «\u00a0{action}\u00a0»", sortie, TERMINER))
    return possibles
