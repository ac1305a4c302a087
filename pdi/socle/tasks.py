"""Celery entry points of the ground floor."""

from __future__ import annotations

from celery import shared_task

from . import ecritures, traitements
from .imports import application
from .imports import operations as imports
from .suivi import Suivi


@shared_task(name="socle.reprendre_traitements", ignore_result=True)
def reprendre_traitements() -> None:
    """Take up abandoned jobs (every minute)."""
    traitements.reprendre_abandonnes()


@shared_task(name="socle.purger_traitements", ignore_result=True)
def purger_traitements() -> None:
    """Delete old jobs and their files (every night)."""
    traitements.purger()


@shared_task(name="socle.controler_import", ignore_result=True)
def controler_import(traitement_id: str, lot_id: int) -> None:
    """Read and check a deposited file."""
    with Suivi(traitement_id) as suivi:
        imports.executer_controle(lot_id=lot_id, suivi=suivi)


@shared_task(name="socle.appliquer_import", ignore_result=True)
def appliquer_import(traitement_id: str, lot_id: int, attendues: int) -> None:
    """Write the ready rows of a lot."""
    with Suivi(traitement_id) as suivi:
        application.executer_import(lot_id=lot_id, attendues=attendues, suivi=suivi)


@shared_task(name="socle.purger_imports", ignore_result=True)
def purger_imports() -> None:
    """Forget the files and rows of old lots (every night)."""
    imports.purger_imports()


@shared_task(name="socle.rassembler_ecritures", ignore_result=True)
def rassembler_ecritures() -> None:
    """Keep the prints of the tables short (every half hour)."""
    ecritures.rassembler()
