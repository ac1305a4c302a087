"""Dated rows that follow one another: a new one ends the one before, the day before. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any, NamedTuple


class Suite(NamedTuple):
    """What a new row beginning on a day does: the key of the row it ends (None: none), or why it cannot begin."""

    finie: int | None = None
    faute: str = ""


def faire_suite(periodes: Iterable[tuple[int, Any]], debut: datetime.date, quoi: str) -> Suite:
    """Return what a row that begins on `debut` ends among `periodes` (key, half-open range).

    It comes after the beginning of every other one: history is not rewritten. `quoi`: « une adresse ».
    """
    lues = list(periodes)
    dernier = max((p.lower for _, p in lues if p.lower is not None), default=None)
    if dernier is not None and dernier >= debut:
        return Suite(faute=f"{quoi.capitalize()} commence déjà le {dernier:%d/%m/%Y} : indiquez une date postérieure.")
    for cle, periode in lues:
        if periode.upper is None or periode.upper > debut:
            return Suite(cle)
    return Suite()
