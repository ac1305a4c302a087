"""Section of a person's page: exits, follow-ups due, levels of insertion."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.urls import reverse

from parcours.chronologie import SORTIE
from parcours.droits.sorties import ETATS_ENTRES
from parcours.models import PalierInsertion, Sortie, SuiviPostSortie
from parcours.regles.delais import plus_mois

from .base import AIDER, TERMINER, Geste, Lecture, Section

MOIS_POUR_CONSTATER = 6  # an action over for longer is no longer offered


def section(lecture: Lecture) -> Section | None:
    """Return the exits with their follow-ups. One query, none when there is no exit."""
    if not lecture.a_vecu(SORTIE):
        return None
    champs = ("pk", "mois", "du_le", "situation")
    suivis = SuiviPostSortie.objects.filter(sortie=OuterRef("pk")).order_by("du_le")
    lues = Sortie.objects.filter(personne=lecture.personne.pk).select_related("type", "motif", "prescription__palier")
    sorties = list(lues.annotate(lus=ArraySubquery(suivis.values(j=JSONObject(**{c: c for c in champs})))))
    donnees = {
        "sorties": [(s, _suivis(s), _palier(s)) for s in sorties], "jour": lecture.jour,
        "ecrit": lecture.ecrit,
    }  # fmt: skip
    return Section("parcours/sorties/_section.html", "Sorties et suivis", "t-sorties", donnees)


def _suivis(sortie: Any) -> list[SuiviPostSortie]:
    """Return the follow-ups of an exit, in order; none is planned but after an end of accompaniment."""
    lus = [SuiviPostSortie(**suivi) for suivi in sortie.lus]
    for suivi in lus:
        suivi.du_le = datetime.date.fromisoformat(str(suivi.du_le))
    return lus


def _palier(sortie: Sortie) -> PalierInsertion | None:
    return getattr(sortie.prescription, "palier", None) if sortie.prescription else None


def gestes(lecture: Lecture) -> list[Geste]:
    """Return the exits and levels that may be recorded."""
    pk = lecture.personne.pk
    possibles = [
        Geste("Terminer l’accompagnement", reverse("parcours:accompagnement_terminer", args=[pk]), TERMINER),
        Geste("Noter la sortie du RSA", reverse("parcours:sortie_rsa", args=[pk]), TERMINER),
    ]
    limite = plus_mois(lecture.jour, -MOIS_POUR_CONSTATER)
    for action in lecture.prescriptions:
        entree = action.etat in ETATS_ENTRES and action.entree_le is not None
        if not entree or (action.fin_le is not None and action.fin_le < limite) or hasattr(action, "sortie"):
            continue
        palier, sortie = (reverse(f"parcours:{nom}", args=[action.pk]) for nom in ("palier", "sortie_action"))
        possibles.append(Geste(f"Noter le palier avant «\u00a0{action}\u00a0»", palier, AIDER))
        possibles.append(Geste(f"Noter la sortie de «\u00a0{action}\u00a0»", sortie, TERMINER))
    return possibles
