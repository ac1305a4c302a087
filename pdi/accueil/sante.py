"""Health of the four parts the application stands on. Answers by yes or no: nothing here helps an attacker."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from pdi.celery import app

ATTENTE_WORKER_S = 1.0
# The page is open to all: one question to the workers serves every visitor. A worker that comes back is seen sooner.
MEMOIRE_WORKER_S = {True: 5, False: 1}
CLE_WORKER = "sante:worker"

journal = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sante:
    """One boolean a part."""

    base: bool
    courtier: bool
    stockage: bool
    worker: bool

    @property
    def bonne(self) -> bool:
        """Return whether every part answers."""
        return all(asdict(self).values())


def _base() -> bool:
    with connection.cursor() as curseur:
        curseur.execute("SELECT 1")
        return bool(curseur.fetchone())


def _courtier() -> bool:
    with app.connection_for_write(connect_timeout=2) as lien:
        lien.ensure_connection(max_retries=1, interval_start=0, interval_step=0)
    return True


def _stockage() -> bool:
    dossier = Path(settings.MEDIA_ROOT)
    return dossier.is_dir() and os.access(dossier, os.R_OK | os.W_OK | os.X_OK)


def _worker() -> bool:
    connu: bool | None = cache.get(CLE_WORKER)
    if connu is None:
        connu = bool(app.control.ping(timeout=ATTENTE_WORKER_S, limit=1))
        cache.set(CLE_WORKER, connu, MEMOIRE_WORKER_S[connu])
    return connu


def _repond(nom: str, essai: Callable[[], bool]) -> bool:
    try:
        return essai()
    except (DatabaseError, RedisError, OperationalError, OSError) as erreur:
        journal.warning("santé : %s ne répond pas (%s)", nom, type(erreur).__name__)
        return False


def mesurer() -> Sante:
    """Ask each part now. The workers are not asked when the broker is down: they could not answer."""
    courtier = _repond("courtier", _courtier)
    return Sante(
        base=_repond("base", _base),
        courtier=courtier,
        stockage=_repond("stockage", _stockage),
        worker=courtier and _repond("worker", _worker),
    )
