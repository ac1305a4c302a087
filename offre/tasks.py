"""Celery entry points of the second storey."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from pdi.socle.traitements import Suivi

from .operations import jetons
from .operations.alertes import envoyer_toutes
from .operations.bilans import rappeler_bilans
from .operations.conventions import alerter_conventions
from .operations.impression import executer_edition


@shared_task(name="offre.envoyer_alertes", ignore_result=True)
def envoyer_alertes() -> None:
    """Send the alerts of the catalogue that have something new (every day)."""
    envoyer_toutes()


@shared_task(name="offre.editer_catalogue", ignore_result=True)
def editer_catalogue(traitement_id: str, requete: str, forme: str) -> None:
    """Print the catalogue of a filter."""
    with Suivi(traitement_id) as suivi:
        executer_edition(requete=requete, forme=forme, suivi=suivi)


@shared_task(name="offre.noter_usages", ignore_result=True)
def noter_usages() -> None:
    """Write down when the keys of the API last served (every ten minutes)."""
    jetons.noter_usages()


@shared_task(name="offre.alerter_conventions", ignore_result=True)
def alerter() -> None:
    """Tell the service of the conventions that end soon."""
    alerter_conventions(jour=timezone.localdate())


@shared_task(name="offre.rappeler_bilans", ignore_result=True)
def rappeler() -> None:
    """Remind the operators of the statements that are due."""
    rappeler_bilans(jour=timezone.localdate())
