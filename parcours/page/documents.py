"""Section of a person's page: documents."""

from __future__ import annotations

from django.urls import reverse

from parcours.models import Contrat, Courrier, EtatCourrier

from .base import Geste, Lecture, Section

MONTRES = 8


def section(lecture: Lecture) -> Section | None:
    """Return the signed contracts and the letters, latest first (two queries)."""
    contrats = Contrat.objects.filter(personne=lecture.personne.pk, signe_personne_le__isnull=False)
    courriers = Courrier.objects.filter(personne=lecture.personne.pk, etat=EtatCourrier.PRET)
    donnees = {
        "contrats": list(contrats.order_by("-debut")[:MONTRES]),
        "courriers": list(courriers.select_related("modele", "par").defer("contenu")[:MONTRES]),
        "ecrit": lecture.ecrit,
    }
    if not donnees["contrats"] and not donnees["courriers"]:
        return None
    return Section("parcours/courriers/_section.html", donnees)


def gestes(lecture: Lecture) -> list[Geste]:
    """Return what may be added."""
    return [Geste("Écrire un courrier", reverse("parcours:courrier_nouveau", args=[lecture.personne.pk]))]
