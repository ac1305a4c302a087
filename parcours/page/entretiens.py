"""Section of a person's page: entretiens."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone

from parcours.agenda import decorer
from parcours.models import Entretien, EtatEntretien
from parcours.regles.entretiens import assiduite

from .base import RENCONTRER, Geste, Lecture, Section

DERNIERS = 3


def section(lecture: Lecture) -> Section | None:
    """Return the next meeting, the last ones, the attendance over the whole path. One query."""
    lus = Entretien.objects.filter(personne=lecture.personne)
    instant = timezone.now()
    siens = decorer(list(lus.sans_textes().select_related("agent").order_by("-debut", "-pk")), instant)
    a_venir = [e for e in siens if e.etat == EtatEntretien.PREVU and e.debut >= instant]
    donnees = {
        "prochain": a_venir[-1] if a_venir else None,
        "derniers": [e for e in siens if e.debut < instant][:DERNIERS],
        "assiduite": assiduite(e.etat for e in siens),
        "lien": lecture.ecrit,
        "planifier": reverse("parcours:entretien_planifier", args=[lecture.personne.pk]) if lecture.ecrit else "",
    }
    return Section("parcours/entretiens/_section.html", "Rendez-vous", "t-rdv", donnees)


def gestes(lecture: Lecture) -> list[Geste]:
    """Return what may be added."""
    url = reverse("parcours:entretien_planifier", args=[lecture.personne.pk])
    return [Geste("Planifier un rendez-vous", url, RENCONTRER)]
