"""The parts of the interview form, in the order of the page."""

from __future__ import annotations

from . import aide, compte_rendu, contacts, freins, objectifs, prescription, suite
from .base import Contexte, Volet

FAMILLES = (compte_rendu, suite, freins, objectifs, prescription, aide, contacts)


def volets(contexte: Contexte) -> list[Volet]:
    """Return the parts this reader may fill for this person."""
    lus = (famille.volet(contexte) for famille in FAMILLES)
    return [v for v in lus if v is not None]
