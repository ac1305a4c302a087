"""Celery entry points of the third storey."""

from __future__ import annotations

from celery import shared_task

from pdi.socle.traitements import Suivi

from .operations.indicateurs import executer_compilation


@shared_task(name="parcours.compiler_indicateurs", ignore_result=True)
def compiler_indicateurs(traitement_id: str, programme_id: int | None, annee: int) -> None:
    """Compute the indicators of a year, and those of the fiches of a programme."""
    with Suivi(traitement_id) as suivi:
        executer_compilation(programme_id=programme_id, annee=annee, suivi=suivi)
