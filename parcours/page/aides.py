"""Section of a person's page: aids, and what is left."""

from __future__ import annotations

from django.urls import reverse

from parcours.chronologie import AIDE
from parcours.droits.aides import peut_lister_aides
from parcours.lecture_aides import reglements_au, restes_de

from .base import AIDER, Geste, Lecture, Section


def section(lecture: Lecture) -> Section | None:
    """Return what is left under the règlements the person has used, in two queries; nothing when she used none."""
    if not peut_lister_aides(lecture.utilisateur):
        return None
    lus = restes_de(lecture.personne.pk, reglements_au(lecture.jour), lecture.jour) if lecture.a_vecu(AIDE) else []
    utiles = [r for r in lus if r.restes.accorde or r.restes.demandes]
    if not utiles and not lecture.ecrit:
        return None
    return Section(
        "parcours/aides/_section.html",
        "Aides\u00a0: ce qui reste",
        "t-aides",
        {"lus": utiles, "personne": lecture.personne, "ecrit": lecture.ecrit},
    )


def gestes(lecture: Lecture) -> list[Geste]:
    """Return what may be added."""
    return [Geste("Demander une aide", reverse("parcours:aide_choisir", args=[lecture.personne.pk]), AIDER)]
