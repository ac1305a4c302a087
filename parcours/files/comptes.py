"""How many wait in each queue of a user, and how many are late: one query for all, kept a minute."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import CharField, Count, Min, Q, Value

from .catalogue import FileAttente
from .horloges import Cadre
from .perimetre import files_de, lignes

DUREE = 60  # seconds


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
            return f"{self.en_retard} en retard" if self.en_retard < self.total else "Toutes en retard"
        return f"Avant le {datetime.date.fromisoformat(self.ancien):%d/%m/%Y}" if self.ancien else "Sans échéance"


def _cle(utilisateur: Any, jour: datetime.date) -> str:
    return f"files:{utilisateur.pk}:{jour:%Y%m%d}"


def compter(utilisateur: Any, jour: datetime.date) -> dict[str, Compte]:
    """Count every queue of the user, and keep the result. Two queries, whatever the number of queues."""
    cadre = Cadre.du(jour)
    files: Sequence[FileAttente] = files_de(utilisateur)
    parties = [
        lignes(file, cadre, utilisateur)
        .order_by()
        .annotate(_file=Value(file.code, output_field=CharField()))
        .values("_file")
        .annotate(
            total=Count("pk"), retards=Count("pk", filter=Q(echeance__lt=cadre.jour)), ancien=Min("echeance")
        )
        .values_list("_file", "total", "retards", "ancien")
        for file in files
    ]  # fmt: skip
    lus = parties[0].union(*parties[1:], all=True) if parties else []
    comptes = {
        code: Compte(code, total, retards, ancien.isoformat() if ancien else None)
        for code, total, retards, ancien in lus
    }
    resultat = {file.code: comptes.get(file.code, Compte(file.code, 0, 0, None)) for file in files}
    cache.set(_cle(utilisateur, jour), resultat, DUREE)
    return resultat


def comptes_de(utilisateur: Any, jour: datetime.date) -> dict[str, Compte]:
    """Return the counts of the last minute, or count."""
    connus: dict[str, Compte] | None = cache.get(_cle(utilisateur, jour))
    return connus if connus is not None else compter(utilisateur, jour)
