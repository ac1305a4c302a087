"""Section of a person's page: contrats."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef
from django.db.models.functions import JSONObject
from django.urls import reverse

from parcours.chronologie import CONTRAT
from parcours.lecture_contrats import suites_engagees
from parcours.models import Contrat, EtatContrat, ObjectifContrat
from parcours.regles.contrats import affichage

from .base import CONTRACTUALISER, Geste, Lecture, Section

MONTRES = 4


def section(lecture: Lecture) -> Section | None:
    """Return the latest contract with its objectives, and the others by name. One query."""
    if not lecture.a_vecu(CONTRAT):
        return None
    suites = Contrat.objects.filter(suites_engagees(), precedent=OuterRef("pk"))
    siens = ObjectifContrat.objects.filter(contrat=OuterRef("pk")).order_by("ordre", "pk")
    objectifs = siens.values(lu=JSONObject(libelle="libelle", atteint="atteint"))
    lus = list(
        Contrat.objects.filter(personne=lecture.personne.pk)
        .exclude(etat=EtatContrat.ANNULE)
        .annotate(suivi=Exists(suites), objectifs_lus=ArraySubquery(objectifs))
        .order_by("-debut", "-pk")
    )
    if not lus:
        return None
    for rang, contrat in enumerate(lus):
        lu: Any = contrat
        lu.numero = len(lus) - rang
        lu.affichage = affichage(lu.etat, lu.debut, lu.fin, lecture.jour, suite=lu.suivi)
    # The one in force comes first, else the latest written.
    courant: Any = next((c for c in lus if c.etat == EtatContrat.VALIDE and c.debut <= lecture.jour <= c.fin), lus[0])
    donnees = {
        "contrat": courant, "objectifs": courant.objectifs_lus,
        "autres": [c for c in lus if c is not courant][:MONTRES],
    }  # fmt: skip
    return Section("parcours/contrats/_section.html", "Contrat", "t-contrat", donnees, place="principal")


def gestes(lecture: Lecture) -> list[Geste]:
    """Return what may be added."""
    url = reverse("parcours:contrat_nouveau", args=[lecture.personne.pk])
    return [Geste("Préparer un contrat", url, CONTRACTUALISER)]
