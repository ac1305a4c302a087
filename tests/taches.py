"""Celery tasks that only the tests run, in the real worker (see CELERY_IMPORTS in pdi.settings.test)."""

from __future__ import annotations

from celery import shared_task
from django.db import connection, transaction

from pdi.socle.droits import RegleMetier
from pdi.socle.models import EntreeJournal
from pdi.socle.operations import journaliser
from pdi.socle.traitements import Suivi

VERROU = 710_001  # an advisory lock: while a test holds it, the job « en_deux_temps » stays at its second step


@shared_task(name="tests.compter")
def compter(traitement_id: str, jusqu_a: int = 3) -> None:
    """Count, tell it, and produce a file."""
    with Suivi(traitement_id) as suivi:
        suivi.demarrer(jusqu_a)
        for n in range(1, jusqu_a + 1):
            suivi.avancer(f"Nombre {n}")
        suivi.noter("Aucun nombre n’est oublié.")
        suivi.terminer({"dernier": jusqu_a}, fichier=("nombres.txt", "é\n".join(map(str, range(jusqu_a))).encode()))


@shared_task(name="tests.echouer")
def echouer(traitement_id: str, metier: bool = False) -> None:
    """Write, then fail: nothing written may remain."""
    with Suivi(traitement_id) as suivi, transaction.atomic():
        journaliser(par=None, verbe="essai_avorte", objet=suivi.traitement)
        if metier:
            raise RegleMetier("Il manque l’année.")
        raise ValueError("adresse marie.curie@exemple.fr dans le message")


@shared_task(name="tests.en_deux_temps")
def en_deux_temps(traitement_id: str) -> None:
    """Wait for VERROU at the second step, then write once, in the transaction that finishes the job."""
    with Suivi(traitement_id) as suivi:
        suivi.demarrer(3)
        suivi.avancer("Premier temps")
        suivi.avancer("Second temps")
        with connection.cursor() as curseur:
            curseur.execute("SET statement_timeout = 0")
            curseur.execute("SELECT pg_advisory_lock(%s)", [VERROU])
            curseur.execute("SELECT pg_advisory_unlock(%s)", [VERROU])
        suivi.avancer("Enregistrement")
        with transaction.atomic():
            journaliser(par=None, verbe="essai_produit", objet=suivi.traitement)
            suivi.terminer({"productions": EntreeJournal.objects.filter(verbe="essai_produit").count()})
