"""Section of a person's page: aids, and what is left."""

from __future__ import annotations

from django.urls import reverse

from parcours.chronologie import AIDE
from parcours.droits.aides import peut_lister_aides
from parcours.lecture_aides import RestesDuReglement, reglements_au, restes_de
from parcours.models import AttributionAide

from .base import AIDER, Geste, Lecture, Section

DERNIERES = 3


def section(lecture: Lecture) -> Section | None:
    """Return what is left under the règlements the person has used, then the latest other aids. Three queries."""
    if not peut_lister_aides(lecture.utilisateur):
        return None
    lus = restes_de(lecture.personne.pk, reglements_au(lecture.jour), lecture.jour) if lecture.a_vecu(AIDE) else []
    utiles = [r for r in lus if r.restes.accorde or r.restes.demandes]
    if not utiles and not lecture.ecrit and not lecture.a_vecu(AIDE):
        return None
    return Section(
        "parcours/aides/_section.html",
        "Aides\u00a0: ce qui reste",
        "t-aides",
        {"lus": utiles, "autres": _autres(lecture, utiles), "personne": lecture.personne, "ecrit": lecture.ecrit},
    )


def _autres(lecture: Lecture, utiles: list[RestesDuReglement]) -> list[AttributionAide]:
    """Return the latest aids under a règlement without a ceiling, or that left nothing to count."""
    if not lecture.a_vecu(AIDE):
        return []
    siennes = AttributionAide.objects.filter(personne=lecture.personne.pk)
    hors = siennes.exclude(reglement__code__in=[u.reglement.code for u in utiles])
    return list(hors.order_by("-demandee_le", "-pk")[:DERNIERES])


def gestes(lecture: Lecture) -> list[Geste]:
    """Return what may be added."""
    return [Geste("Demander une aide", reverse("parcours:aide_choisir", args=[lecture.personne.pk]), AIDER)]
