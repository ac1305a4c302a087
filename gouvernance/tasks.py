"""Celery entry points of governance."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from pdi.socle.traitements import Suivi

from . import operations
from .operations.avenants import appliquer_avenants_dus
from .operations.demonstration_rapport import executer_publication
from .operations.rappels import rappeler_les_decisions


@shared_task(name="gouvernance.compiler_rapport", ignore_result=True)
def compiler_rapport(traitement_id: str, programme_id: int, annee: int) -> None:
    """Compile one report."""
    with Suivi(traitement_id) as suivi:
        operations.executer_compilation(programme_id=programme_id, annee=annee, suivi=suivi)


@shared_task(name="gouvernance.publier_demonstration", ignore_result=True)
def publier_demonstration(traitement_id: str, programme_id: int, annee: int) -> None:
    """Compile and publish a report of the demonstration."""
    with Suivi(traitement_id) as suivi:
        executer_publication(programme_id=programme_id, annee=annee, suivi=suivi)


@shared_task(name="gouvernance.appliquer_avenants", ignore_result=True)
def appliquer_avenants() -> None:
    """Apply the voted avenants whose day has come."""
    appliquer_avenants_dus()


@shared_task(name="gouvernance.rappeler_decisions", ignore_result=True)
def rappeler_decisions() -> None:
    """Remind who carries decisions whose day has passed."""
    rappeler_les_decisions(jour=timezone.localdate())
