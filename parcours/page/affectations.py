"""Section of a person's page: who follows them, and who did."""

from __future__ import annotations

from django.urls import reverse

from parcours.droits.affectations import peut_designer_referent
from parcours.models import AffectationReferent

from .base import CONTRACTUALISER, Geste, Lecture, Section


def section(lecture: Lecture) -> Section | None:
    """Return the référent of today, those to come and those before, latest first."""
    suivis = list(
        AffectationReferent.objects.filter(personne=lecture.personne.pk)
        .select_related("structure", "referent", "binome", "motif_fin")
        .order_by("-periode")
    )
    jour = lecture.jour
    passes = [s for s in suivis if s.periode.upper is not None and s.periode.upper <= jour]
    return Section(
        "parcours/affectations/_section.html",
        "Référent",
        "t-referents",
        {
            "personne": lecture.personne,
            "actuels": [s for s in suivis if s not in passes],
            "passes": passes,
            "jour": jour,
            "designe": bool(peut_designer_referent(lecture.utilisateur, lecture.personne)),
        },
    )


def gestes(lecture: Lecture) -> list[Geste]:
    """Return « designate a référent », to who may."""
    if not peut_designer_referent(lecture.utilisateur, lecture.personne):
        return []
    url = reverse("parcours:referent_designer", args=[lecture.personne.pk])
    return [Geste("Désigner un référent", url, CONTRACTUALISER)]
