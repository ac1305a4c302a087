"""Section of a person's page: obstacles and strengths, from the latest two finished diagnoses."""

from __future__ import annotations

from django.urls import reverse

from parcours.chronologie import DIAGNOSTIC
from parcours.lecture_diagnostics import constats_de
from parcours.models import Diagnostic
from parcours.regles.diagnostics import comparer

from .base import RENCONTRER, Geste, Lecture, Section


def section(lecture: Lecture) -> Section | None:
    """Return what stands in the way, what was lifted, what helps; the draft in progress for who writes. Two queries."""
    if not lecture.a_vecu(DIAGNOSTIC):
        return None
    lus = list(Diagnostic.objects.filter(personne=lecture.personne).order_by("-date", "-id").only(
        "date", "termine_le", "personne"
    ))  # fmt: skip
    termines = [d for d in lus if d.termine_le is not None][:2]
    brouillon = next((d for d in lus if d.termine_le is None), None)
    if not termines and (brouillon is None or not lecture.ecrit):
        return None
    dernier, precedent = (*termines, None, None)[:2]
    constats = constats_de([d.pk for d in termines], sante=lecture.voit_sante) if termines else {}
    avant = constats.get(precedent.pk, []) if precedent else []
    return Section(
        "parcours/diagnostics/_section.html", "Freins et atouts", "t-freins",
        {
            "personne": lecture.personne, "dernier": dernier, "precedent": precedent,
            "brouillon": brouillon if lecture.ecrit else None, "voit_sante": lecture.voit_sante,
            "comparaison": comparer(avant, constats.get(dernier.pk, [])) if dernier else None,
        },
    )  # fmt: skip


def gestes(lecture: Lecture) -> list[Geste]:
    """Return the start of a diagnosis."""
    url = reverse("parcours:diagnostic_nouveau", args=[lecture.personne.pk])
    return [Geste("Faire un diagnostic", url, RENCONTRER)]
