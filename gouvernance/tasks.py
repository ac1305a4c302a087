"""Celery entry points of governance."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils import timezone

from pdi.socle.traitements import Suivi

from . import operations
from .operations.avenants import appliquer_avenants_dus
from .operations.convocations import executer_courriels
from .operations.demonstration_rapport import executer_publication
from .operations.fichiers import executer_refaire
from .operations.impressions import executer_impression
from .operations.rappels import rappeler_les_decisions
from .operations.relances import relancer_les_silencieux
from .operations.releves import executer_envoi


@shared_task(name="gouvernance.compiler_rapport", ignore_result=True)
def compiler_rapport(traitement_id: str, programme_id: int, annee: int) -> None:
    """Compile one report."""
    with Suivi(traitement_id) as suivi:
        operations.executer_compilation(programme_id=programme_id, annee=annee, suivi=suivi)


@shared_task(name="gouvernance.refaire_fichiers", ignore_result=True)
def refaire_fichiers(traitement_id: str, version_id: int) -> None:
    """Make again the lost files of a version."""
    with Suivi(traitement_id) as suivi:
        executer_refaire(version_id=version_id, suivi=suivi)


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


@shared_task(name="gouvernance.imprimer", ignore_result=True)
def imprimer(traitement_id: str, genre: str, pk: int) -> None:
    """Print a document."""
    with Suivi(traitement_id) as suivi:
        executer_impression(genre=genre, pk=pk, suivi=suivi)


@shared_task(name="gouvernance.envoyer_courriels", ignore_result=True)
def envoyer_courriels(traitement_id: str, **courriels: Any) -> None:
    """Write to the members of a meeting."""
    with Suivi(traitement_id) as suivi:
        executer_courriels(**courriels, suivi=suivi)


@shared_task(name="gouvernance.envoyer_releve", ignore_result=True)
def envoyer_releve(traitement_id: str, seance_id: int) -> None:
    """Send the minutes to the members."""
    with Suivi(traitement_id) as suivi:
        executer_envoi(seance_id=seance_id, suivi=suivi)


@shared_task(name="gouvernance.relancer_convocations", ignore_result=True)
def relancer_convocations() -> None:
    """Remind the members who have not answered a convocation."""
    relancer_les_silencieux(jour=timezone.localdate())
