"""Celery entry points of the third storey."""

from __future__ import annotations

import datetime

from celery import shared_task
from django.utils import timezone

from pdi.socle.traitements import Suivi

from .lecture_prescriptions import retard_depuis
from .operations.conservation import entretenir
from .operations.consultations import purger_consultations as purger
from .operations.courriers import executer_lot
from .operations.demandes_publiques import purger_demandes as purger_les_demandes
from .operations.indicateurs import executer_compilation
from .operations.inscriptions import liberer_toutes
from .operations.lots import executer_travail
from .operations.regles_orientation import executer_simulation
from .operations.reponses import relancer_tardives


@shared_task(name="parcours.compiler_indicateurs", ignore_result=True)
def compiler_indicateurs(traitement_id: str, programme_id: int | None, annee: int) -> None:
    """Compute the indicators of a year, and those of the fiches of a programme."""
    with Suivi(traitement_id) as suivi:
        executer_compilation(programme_id=programme_id, annee=annee, suivi=suivi)


@shared_task(name="parcours.liberer_places", ignore_result=True)
def liberer_places() -> None:
    """Give back the places proposed to people who did not answer in time."""
    liberer_toutes(jour=timezone.localdate())


@shared_task(name="parcours.relancer_operateurs", ignore_result=True)
def relancer_operateurs() -> None:
    """Remind the operators that have not answered a prescription in time."""
    relancer_tardives(avant=retard_depuis(timezone.localdate()))


@shared_task(name="parcours.simuler_regles", ignore_result=True)
def simuler_regles(traitement_id: str, jeu_id: int, depuis: str, jusqu_au: str) -> None:
    """Read a rule set over past diagnoses."""
    with Suivi(traitement_id) as suivi:
        executer_simulation(
            jeu_id=jeu_id,
            depuis=datetime.date.fromisoformat(depuis),
            jusqu_au=datetime.date.fromisoformat(jusqu_au),
            suivi=suivi,
        )


@shared_task(name="parcours.composer_courriers", ignore_result=True)
def composer_courriers(traitement_id: str, lot_id: int) -> None:
    """Compose the letters of a lot and count their pages."""
    with Suivi(traitement_id) as suivi:
        executer_lot(lot_id=lot_id, suivi=suivi)


@shared_task(name="parcours.purger_consultations", ignore_result=True)
def purger_consultations() -> None:
    """Erase what is too old in the log of consultations."""
    purger(jour=timezone.localdate())


@shared_task(name="parcours.conserver_dossiers", ignore_result=True)
def conserver_dossiers() -> None:
    """Archive, then erase, the files whose time has run out."""
    entretenir(jour=timezone.localdate())


@shared_task(name="parcours.purger_demandes", ignore_result=True)
def purger_demandes() -> None:
    """Erase the requests of the public that were never confirmed, and those handled for long."""
    purger_les_demandes(maintenant=timezone.now())


@shared_task(name="parcours.faire_lot", ignore_result=True)
def faire_lot(traitement_id: str, lot_id: str, empreinte: str) -> None:
    """Do a bulk action."""
    with Suivi(traitement_id) as suivi:
        executer_travail(lot_id=lot_id, empreinte=empreinte, suivi=suivi)
