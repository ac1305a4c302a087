"""Queries written with the ORM and compiled once: a page that reads a wide one does not pay to build it each time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import QuerySet


class Compilee:
    """A query that `construire(*reperes)` builds, run with other values in the place of the marks.

    `reperes` are values that occur nowhere else among the parameters (a negative key, a date out of time). Rows come
    as the database gives them: dates and texts are themselves, JSON is text.
    """

    def __init__(self, construire: Callable[..., QuerySet[Any, Any]], *reperes: Any) -> None:
        """Keep what builds it: nothing is built before the first reading."""
        self.construire, self.reperes = construire, reperes

    @cached_property
    def _sql(self) -> tuple[str, tuple[Any, ...]]:
        sql, params = self.construire(*self.reperes).query.sql_with_params()
        manquants = [r for r in self.reperes if r not in params]
        if manquants:
            raise ValueError(f"Ces repères ne sont pas des paramètres de la requête : {manquants}")
        return sql, params

    def lire(self, *valeurs: Any) -> Sequence[tuple[Any, ...]]:
        """Return the rows for `valeurs`, in the order of the marks. One query."""
        sql, params = self._sql
        place = dict(zip(self.reperes, valeurs, strict=True))
        genres = tuple(type(repere) for repere in self.reperes)
        with connection.cursor() as curseur:
            curseur.execute(sql, [place.get(p, p) if isinstance(p, genres) else p for p in params])
            lignes: Sequence[tuple[Any, ...]] = curseur.fetchall()
        return lignes
