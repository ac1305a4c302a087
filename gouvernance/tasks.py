"""Celery entry points of governance."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from pdi.socle.traitements import Suivi

from . import operations
from .operations.avenants import appliquer_avenants_dus
from .operations.billets import executer_billets
from .operations.demonstration_rapport import executer_publication
from .operations.documents_seance import executer_envoi, executer_impression
from .operations.rappels import rappeler_les_decisions
from .operations.relances import relancer_les_silencieux


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


@shared_task(name="gouvernance.imprimer_seance", ignore_result=True)
def imprimer_seance(traitement_id: str, seance_id: int, genre: str) -> None:
    """Print a document of a meeting."""
    with Suivi(traitement_id) as suivi:
        executer_impression(seance_id=seance_id, genre=genre, suivi=suivi)


@shared_task(name="gouvernance.envoyer_releve", ignore_result=True)
def envoyer_releve(traitement_id: str, seance_id: int) -> None:
    """Send the minutes to the members."""
    with Suivi(traitement_id) as suivi:
        executer_envoi(seance_id=seance_id, suivi=suivi)


@shared_task(name="gouvernance.relancer_convocations", ignore_result=True)
def relancer_convocations() -> None:
    """Remind the members who have not answered a convocation."""
    relancer_les_silencieux(jour=timezone.localdate())


@shared_task(name="gouvernance.imprimer_billets", ignore_result=True)
def imprimer_billets(traitement_id: str, questionnaire_id: int) -> None:
    """Print the cards of a questionnaire."""
    with Suivi(traitement_id) as suivi:
        executer_billets(questionnaire_id=questionnaire_id, suivi=suivi)
