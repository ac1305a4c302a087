"""Section of a person's page: aids, and what is left."""

from __future__ import annotations

from django.urls import reverse

from parcours.chronologie import AIDE
from parcours.droits.aides import peut_lister_aides
from parcours.lecture_aides import aides_de, reglements_au, restes_de

from .base import AIDER, Geste, Lecture, Section

DERNIERES = 3


def section(lecture: Lecture) -> Section | None:
    """Return what is left under the règlements the person has used, then the latest other aids. Two queries."""
    if not peut_lister_aides(lecture.utilisateur):
        return None
    aides = aides_de(lecture.personne.pk) if lecture.a_vecu(AIDE) else []
    lus = restes_de(lecture.personne.pk, reglements_au(lecture.jour), lecture.jour, aides=aides) if aides else []
    utiles = [r for r in lus if r.restes.accorde or r.restes.demandes]
    if not utiles and not lecture.ecrit and not aides:
        return None
    comptes = {u.reglement.code for u in utiles}
    autres = [a for a in aides if a.reglement.code not in comptes][:DERNIERES]  # no ceiling, or nothing left to count
    return Section(
        "parcours/aides/_section.html",
        "Aides\u00a0: ce qui reste",
        "t-aides",
        {"lus": utiles, "autres": autres, "personne": lecture.personne, "ecrit": lecture.ecrit},
    )


def gestes(lecture: Lecture) -> list[Geste]:
    """Return what may be added."""
    return [Geste("Demander une aide", reverse("parcours:aide_choisir", args=[lecture.personne.pk]), AIDER)]
