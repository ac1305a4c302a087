"""Exits and what follows them: dates in order, follow-ups at 1, 3, 6 and 12 months, response rate. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from pdi.socle.formats import date_longue

from .delais import plus_mois

MOIS_DE_SUIVI = (1, 3, 6, 12)
# What one answer says of the other, by the codes of the lists: nobody enters it twice.
TYPE_DU_MOTIF = {
    "creation": "creation", "formation": "formation_qualifiante", "retraite": "retraite",
    "demenagement": "demenagement", "deces": "deces",
}  # fmt: skip
CONTRAT_DU_TYPE = {"cdi": "cdi", "titularisation": "public", "contrat_aide": "aide", "creation": "independant"}
PALIERS = (
    (1, "1 – Éloigné de l’emploi"),
    (2, "2 – Freins en cours de levée"),
    (3, "3 – Projet défini"),
    (4, "4 – Proche de l’emploi"),
    (5, "5 – En emploi"),
)


def echeances_de_suivi(sortie: datetime.date) -> list[tuple[int, datetime.date]]:
    """Return (months, day) of the four follow-ups: calendar months, the last day of the month when none is the same."""
    return [(mois, plus_mois(sortie, mois)) for mois in MOIS_DE_SUIVI]


def taux_de_reponse(recueillis: int, dus: int) -> float | None:
    """Return the share of the follow-ups due that reached the person, in percent; None when none is due."""
    return None if not dus else 100 * recueillis / dus


def faute_de_date(jour: datetime.date, aujourd_hui: datetime.date, apres: Iterable[tuple[Any, str]] = ()) -> str:
    """Return why an exit cannot be dated `jour`, empty when it can.

    It has happened; it does not precede any of `apres` (day or None, « l’entrée dans l’action »).
    """
    if jour > aujourd_hui:
        return f"Le {date_longue(jour)} est à venir\u00a0: une sortie se constate une fois arrivée."
    for borne, quoi in apres:
        if borne is not None and jour < borne:
            return f"La sortie ne peut pas précéder {quoi}, le {date_longue(borne)}."
    return ""
