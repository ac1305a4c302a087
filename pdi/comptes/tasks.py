"""Celery entry points of accounts."""

from __future__ import annotations

from celery import shared_task

from . import operations


@shared_task(name="comptes.envoyer_lien_reinitialisation", ignore_result=True)
def envoyer_lien_reinitialisation(courriel: str, racine: str) -> None:
    """Send the link when an active account has this address, do nothing otherwise."""
    operations.repondre_mot_de_passe_oublie(courriel=courriel, racine=racine)


@shared_task(name="comptes.envoyer_lien_activation", ignore_result=True)
def envoyer_lien_activation(utilisateur_id: int, racine: str) -> None:
    """Send the link that opens a new account."""
    operations.envoyer_activation(utilisateur_id=utilisateur_id, racine=racine)
