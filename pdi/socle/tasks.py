"""Celery entry points of the ground floor."""

from __future__ import annotations

from celery import shared_task

from . import traitements


@shared_task(name="socle.reprendre_traitements", ignore_result=True)
def reprendre_traitements() -> None:
    """Take up abandoned jobs (every minute)."""
    traitements.reprendre_abandonnes()


@shared_task(name="socle.purger_traitements", ignore_result=True)
def purger_traitements() -> None:
    """Delete old jobs and their files (every night)."""
    traitements.purger()
