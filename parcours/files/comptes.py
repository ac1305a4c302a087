"""How many wait in each queue of a user, and how many are late: one query for all.

The home page counts again after a minute. The navigation, which is on every page, asks nothing of the database: it
shows what was last counted, put right by each queue that is opened.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import CharField, Count, Min, Q, QuerySet, Value
from django.utils import timezone

from pdi.socle.formats import nombre

from .catalogue import FileAttente
from .horloges import Cadre
from .perimetre import Communes, files_de, lignes

FRAIS, CONNU = datetime.timedelta(minutes=1), datetime.timedelta(hours=4)


@dataclass(frozen=True)
class Compte:
    """What waits in a queue; `ancien` is the ISO day of the oldest deadline (None: nothing waits)."""

    code: str
    total: int
    en_retard: int
    ancien: str | None

    @property
    def mention(self) -> str:
        """Return how pressing the queue is, in words."""
        if self.en_retard:
            return f"{nombre(self.en_retard)} en retard" if self.en_retard < self.total else "Toutes en retard"
        return f"Avant le {datetime.date.fromisoformat(self.ancien):%d/%m/%Y}" if self.ancien else "Sans échéance"


def _cle(utilisateur: Any, jour: datetime.date) -> str:
    return f"files:{utilisateur.pk}:{jour:%Y%m%d}"


def _garder(utilisateur: Any, jour: datetime.date, comptes: dict[str, Compte], le: datetime.datetime) -> None:
    cache.set(_cle(utilisateur, jour), (le, comptes), CONNU.total_seconds())


def _lire(parties: Sequence[QuerySet[Any, Any]], communes: Communes) -> list[tuple[Any, ...]]:
    """Read all the parts at once, the people of each scope being read once for all of them."""
    if not parties:
        return []
    toutes = parties[0].union(*parties[1:], all=True) if parties[1:] else parties[0]
    (avec, dedans), (sql, params) = communes.avec(), toutes.query.sql_with_params()
    with connection.cursor() as curseur:
        curseur.execute(f"{avec}{sql}", [*dedans, *params])
        return list(curseur.fetchall())


def compter(utilisateur: Any, jour: datetime.date) -> dict[str, Compte]:
    """Count every queue of the user, and keep the result. Two queries, whatever the number of queues."""
    cadre, communes = Cadre.du(jour), Communes()
    files: Sequence[FileAttente] = files_de(utilisateur)
    parties = [
        lignes(file, cadre, utilisateur, communes)
        .order_by()
        .annotate(_file=Value(file.code, output_field=CharField()))
        .values("_file")
        .annotate(
            total=Count("pk"), retards=Count("pk", filter=Q(echeance__lt=cadre.jour)), ancien=Min("echeance")
        )
        .values_list("_file", "total", "retards", "ancien")
        for file in files
    ]  # fmt: skip
    comptes = {
        code: Compte(code, total, retards, ancien.isoformat() if ancien else None)
        for code, total, retards, ancien in _lire(parties, communes)
    }
    resultat = {file.code: comptes.get(file.code, Compte(file.code, 0, 0, None)) for file in files}
    _garder(utilisateur, jour, resultat, timezone.now())
    return resultat


def comptes_de(utilisateur: Any, jour: datetime.date) -> dict[str, Compte]:
    """Return the counts of the last minute, or count."""
    connus: tuple[datetime.datetime, dict[str, Compte]] | None = cache.get(_cle(utilisateur, jour))
    return connus[1] if connus and timezone.now() - connus[0] < FRAIS else compter(utilisateur, jour)


def retards_connus(utilisateur: Any, jour: datetime.date) -> int:
    """Return how many rows were late when last counted, 0 when nothing was counted. No query."""
    connus: tuple[datetime.datetime, dict[str, Compte]] | None = cache.get(_cle(utilisateur, jour))
    return sum(compte.en_retard for compte in connus[1].values()) if connus else 0


def corriger(utilisateur: Any, jour: datetime.date, code: str, total: int, en_retard: int) -> None:
    """Put right the known count of a queue that has just been read whole. No query."""
    connus: tuple[datetime.datetime, dict[str, Compte]] | None = cache.get(_cle(utilisateur, jour))
    if connus and code in connus[1]:
        lu = replace(connus[1][code], total=total, en_retard=en_retard)
        _garder(utilisateur, jour, {**connus[1], code: lu}, connus[0])
