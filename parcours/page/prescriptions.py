"""Section of a person's page: prescriptions."""

from __future__ import annotations

from django.urls import reverse

from parcours.models import EtatPrescription
from parcours.regles.prescriptions import EN_COURS, TONS

from .base import AIDER, Geste, Lecture, Section

MONTREES = 6


def section(lecture: Lecture) -> Section | None:
    """Return the latest prescriptions, those under way first; nothing when there is none and nothing to add."""
    recentes = lecture.prescriptions[: MONTREES * 3]
    recentes.sort(key=lambda p: p.etat not in EN_COURS)
    if not recentes and not lecture.ecrit:
        return None
    donnees = {
        "lignes": [(p, TONS[EtatPrescription(p.etat)]) for p in recentes[:MONTREES]],
        "reste": max(len(recentes) - MONTREES, 0),
        "personne": lecture.personne,
        "ecrit": lecture.ecrit,
    }
    return Section("parcours/prescriptions/_section.html", "Prescriptions", "t-prescriptions", donnees)


def gestes(lecture: Lecture) -> list[Geste]:
    """Return what may be added."""
    url = reverse("parcours:prescription_choisir", args=[lecture.personne.pk])
    return [Geste("Prescrire une action", url, AIDER)]
