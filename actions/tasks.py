"""Celery entry points of the first storey."""

from __future__ import annotations

from celery import shared_task

from pdi.socle.traitements import Suivi

from .operations import calculs


@shared_task(name="actions.calculer_indicateurs", ignore_result=True)
def calculer_indicateurs(traitement_id: str, programme_id: int, annee: int) -> None:
    """Compute the indicators of one programme for one year."""
    with Suivi(traitement_id) as suivi:
        calculs.executer_calcul(programme_id=programme_id, annee=annee, suivi=suivi)
