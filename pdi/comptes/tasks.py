"""Celery entry points of accounts."""

from __future__ import annotations

from celery import shared_task

from . import operations

# A mail server that does not answer (SMTPException is an OSError) is asked again: after a minute, two, four, eight.
REESSAYER = {
    "ignore_result": True, "autoretry_for": (OSError,), "retry_backoff": 60, "retry_jitter": False, "max_retries": 4,
}  # fmt: skip


@shared_task(name="comptes.envoyer_lien_reinitialisation", **REESSAYER)
def envoyer_lien_reinitialisation(courriel: str, racine: str) -> None:
    """Send the link when an active account has this address, do nothing otherwise."""
    operations.repondre_mot_de_passe_oublie(courriel=courriel, racine=racine)


@shared_task(name="comptes.envoyer_lien_activation", **REESSAYER)
def envoyer_lien_activation(utilisateur_id: int, racine: str) -> None:
    """Send the link that opens a new account."""
    operations.envoyer_activation(utilisateur_id=utilisateur_id, racine=racine)


@shared_task(name="comptes.purger_connexions", ignore_result=True)
def purger_connexions() -> None:
    """Forget the sessions that are over, and the old attempts to log in (every night)."""
    operations.purger_connexions()
