"""Section of a person's page: her enrolments in sessions, what waits for an answer first."""

from __future__ import annotations

from parcours.chronologie import INSCRIPTION
from parcours.lecture_inscriptions import TONS
from parcours.models import ACTIVES, EtatInscription, Inscription

from .base import Geste, Lecture, Section


def section(lecture: Lecture) -> Section | None:
    """Return the enrolments that hold a place or a turn; nothing without any."""
    if not lecture.a_vecu(INSCRIPTION):
        return None
    lues = list(
        Inscription.objects.filter(personne=lecture.personne, etat__in=ACTIVES)
        .avec_position()
        .select_related("session__offre", "prescription")
        .order_by("session__debut", "pk")
    )
    if not lues:
        return None
    lues.sort(key=lambda i: i.etat != EtatInscription.PROPOSEE)
    donnees = {"lignes": [(i, TONS[EtatInscription(i.etat)]) for i in lues]}
    return Section("parcours/inscriptions/_section.html", "Sessions", "t-inscriptions", donnees)


def gestes(lecture: Lecture) -> list[Geste]:  # noqa: ARG001
    """Return nothing: one enrols from a prescription."""
    return []
