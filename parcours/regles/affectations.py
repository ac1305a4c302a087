"""When a référent may be appointed, and what ends then. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

AVENIR_MAX_JOURS = 366
GLOBAL = "global"  # code of ModeAccompagnement: the only one that two people share
BINOME_RESERVE = "Un binôme se désigne pour un accompagnement global : cette personne n’est pas orientée ainsi."
BINOME_SEUL = "Le binôme est une autre personne que le référent."
PERSONNE_DECEDEE = "Cette personne est décédée : aucun référent ne lui est désigné."


def couvrante(periodes: Iterable[tuple[int, Any]], debut: datetime.date) -> int | None:
    """Return the key of the appointment in force on `debut`: the one that would be ended, or replaced from its day."""
    for cle, periode in periodes:
        if (periode.lower is None or periode.lower <= debut) and (periode.upper is None or periode.upper > debut):
            return cle
    return None


def posterieure(debut: datetime.date, dernier: datetime.date) -> str:
    """Return the sentence « another appointment begins on `dernier`, not before `debut` »."""
    if dernier == debut:
        return f"Un référent a déjà été désigné à partir du {debut:%d/%m/%Y} : choisissez un jour suivant."
    return (
        f"Un référent est désigné à partir du {dernier:%d/%m/%Y} : la nouvelle désignation commence après cette date."
    )


def faute_de_debut(periodes: Iterable[Any], debut: datetime.date, jour: datetime.date) -> str:
    """Return why no appointment can begin on `debut`, given the half-open `periodes` of the others; empty when it can.

    It comes after the beginning of every other one (history is not rewritten), and within a year. One that begins
    today or later may be replaced from its own first day: it was a mistake, nobody has followed anyone yet.
    """
    if (debut - jour).days > AVENIR_MAX_JOURS:
        return "Cette date est à plus d’un an : vérifiez l’année."
    dernier = max((p.lower for p in periodes if p.lower is not None), default=None)
    if dernier is None or dernier < debut or (dernier == debut and debut >= jour):
        return ""
    return posterieure(debut, dernier)


def faute_de_fin(
    debut: datetime.date | None, dernier_jour: datetime.date, jour: datetime.date, suivante: datetime.date | None = None
) -> str:
    """Return why an appointment begun on `debut` cannot have `dernier_jour` as its last day; empty when it can.

    `suivante`: the first day of the appointment that comes after, if there is one.
    """
    if debut is not None and dernier_jour < debut:
        return f"Le suivi a commencé le {debut:%d/%m/%Y} : il ne peut pas finir avant."
    if suivante is not None and dernier_jour >= suivante:
        return f"Un autre référent suit cette personne à partir du {suivante:%d/%m/%Y} : ce suivi finit avant."
    if (dernier_jour - jour).days > AVENIR_MAX_JOURS:
        return "Cette date est à plus d’un an : vérifiez l’année."
    return ""
