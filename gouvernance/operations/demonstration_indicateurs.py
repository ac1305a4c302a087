"""The figures of groups and meetings in the demonstration: computed once they are there, the story at their scale."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.utils import timezone

from actions.models import Indicateur, MesureIndicateur, Programme, ProvenanceMesure
from actions.operations.calculs import calculer_indicateurs
from gouvernance.indicateurs import CODES
from parcours.operations.demonstration_indicateurs import mettre_a_l_echelle

from .demonstration import PROGRAMME


@transaction.atomic
def calculer_participation(*, jour: datetime.date) -> int:
    """Compute the indicators of participation of every year of the demonstration. Return how many values.

    Where nothing was held yet, the typed story stands (see `mettre_a_l_echelle`).
    """
    programme = Programme.objects.filter(code=PROGRAMME, demonstration=True).first()
    if programme is None or not Indicateur.objects.filter(fiche__programme=programme, calcul__in=CODES).exists():
        return 0
    racontees = MesureIndicateur.objects.courantes().filter(
        indicateur__fiche__programme=programme, indicateur__calcul__in=CODES, provenance=ProvenanceMesure.SAISIE
    )
    racontees.update(remplacee_le=timezone.now())
    annees = [a for a in programme.annees if a <= jour.year]
    valeurs = sum(calculer_indicateurs(programme=programme, annee=a, par=None, codes=CODES).calcules for a in annees)
    mettre_a_l_echelle(programme, jour, CODES)
    return valeurs
