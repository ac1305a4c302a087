"""Draws: one seeded source, weighted choices, delays, dates."""

from __future__ import annotations

import bisect
import calendar
import datetime
import itertools
import random
from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
UN_JOUR = datetime.timedelta(days=1)


class Tirage(Generic[T]):
    """A weighted choice, prepared once."""

    def __init__(self, poids: Mapping[T, float]) -> None:
        """Keep the values and their cumulated weights."""
        self.valeurs = list(poids)
        self.cumuls = list(itertools.accumulate(poids.values()))
        self.total = self.cumuls[-1]


class Hasard:
    """One seeded source of draws: same seed, same draws, on every machine."""

    def __init__(self, graine: str) -> None:
        """Seed it."""
        self._source = random.Random(graine)  # noqa: S311 # nosec B311  # fictitious people, not a secret
        self.unite = self._source.random

    def chance(self, probabilite: float) -> bool:
        """Return True with this probability."""
        return self.unite() < probabilite

    def parmi(self, valeurs: Sequence[T]) -> T:
        """Return one of the values, equally likely."""
        return valeurs[int(self.unite() * len(valeurs))]

    def tirer(self, tirage: Tirage[T]) -> T:
        """Return one of the weighted values."""
        return tirage.valeurs[bisect.bisect(tirage.cumuls, self.unite() * tirage.total, 0, len(tirage.valeurs) - 1)]

    def entier(self, bas: int, haut: int) -> int:
        """Return an integer from `bas` to `haut`, both included."""
        return bas + int(self.unite() * (haut - bas + 1))

    def attente(self, moyenne: float) -> int:
        """Return a number of days, 0 at least, of exponential law."""
        return int(self._source.expovariate(1.0 / moyenne))


def plus(jour: datetime.date, jours: int) -> datetime.date:
    """Return `jour` plus so many days."""
    return jour + datetime.timedelta(days=jours)


def ouvrable(jour: datetime.date) -> datetime.date:
    """Return `jour`, or the Monday that follows a week-end."""
    rang = jour.weekday()
    return jour if rang < 5 else plus(jour, 7 - rang)


def ajouter_mois(jour: datetime.date, mois: int) -> datetime.date:
    """Return the same day `mois` later (or earlier), or the last day of that month."""
    rang = jour.year * 12 + jour.month - 1 + mois
    annee, numero = divmod(rang, 12)
    return datetime.date(annee, numero + 1, min(jour.day, calendar.monthrange(annee, numero + 1)[1]))


def mois_entre(premier: datetime.date, dernier: datetime.date) -> list[datetime.date]:
    """Return the first days of the months from that of `premier` to that of `dernier`, both included."""
    debut, fin = premier.year * 12 + premier.month - 1, dernier.year * 12 + dernier.month - 1
    return [datetime.date(rang // 12, rang % 12 + 1, 1) for rang in range(debut, fin + 1)]
