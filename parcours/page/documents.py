"""Section of a person's page: documents."""

from __future__ import annotations

from django.urls import reverse

from parcours.chronologie import COURRIER
from parcours.models import Courrier, EtatCourrier

from .base import RENCONTRER, Geste, Lecture, Section

MONTRES = 8


def section(lecture: Lecture) -> Section | None:
    """Return the letters, latest first (one query). The contracts are in their own section, with their files."""
    if not lecture.a_vecu(COURRIER):
        return None
    courriers = Courrier.objects.filter(personne=lecture.personne.pk, etat=EtatCourrier.PRET)
    lus = list(courriers.select_related("modele", "par").defer("contenu")[:MONTRES])
    return Section(
        "parcours/courriers/_section.html", "Courriers", "t-documents", {"courriers": lus, "ecrit": lecture.ecrit}
    )


def gestes(lecture: Lecture) -> list[Geste]:
    """Return what may be added."""
    return [Geste("Écrire un courrier", reverse("parcours:courrier_nouveau", args=[lecture.personne.pk]), RENCONTRER)]
