"""A real Celery worker in its own process, on the test database."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import redis
from django.conf import settings
from django.db import connection

RACINE = Path(__file__).resolve().parent.parent.parent
ATTENTE_S = 60.0


def _url_base_de_test() -> str:
    reglages = connection.settings_dict
    acces = quote(str(reglages["USER"] or ""), safe="")
    if reglages["PASSWORD"]:
        acces += f":{quote(str(reglages['PASSWORD']), safe='')}"
    hote = quote(str(reglages["HOST"] or ""), safe="")
    port = f":{reglages['PORT']}" if reglages["PORT"] else ""
    return f"postgresql://{acces}@{hote}{port}/{reglages['NAME']}"


class TravailleurCelery:
    """One worker. `tuer()` is the crash of a host (SIGKILL on the whole group), `demarrer()` its return."""

    def __init__(self, journal: Path) -> None:
        self.journal = journal
        self._processus: subprocess.Popen[bytes] | None = None

    def vivant(self) -> bool:
        return self._processus is not None and self._processus.poll() is None

    @property
    def pid(self) -> int:
        assert self._processus is not None, "le travailleur n’est pas démarré"
        return self._processus.pid

    def demarrer(self) -> None:
        """Start the worker and wait until it takes jobs. Idempotent."""
        if self.vivant():
            return
        debut = self.journal.stat().st_size if self.journal.exists() else 0
        with self.journal.open("ab") as sortie:
            self._processus = subprocess.Popen(
                [
                    sys.executable, "-m", "celery", "--app", "pdi.celery", "worker", "--loglevel", "INFO",
                    "--concurrency", "1", "--without-gossip", "--without-mingle",
                ],
                cwd=RACINE, stdout=sortie, stderr=subprocess.STDOUT, start_new_session=True,
                env=os.environ | {"DJANGO_SETTINGS_MODULE": "pdi.settings.test", "DATABASE_URL": _url_base_de_test()},
            )  # fmt: skip
        limite = time.monotonic() + ATTENTE_S
        while b" ready." not in self.journal.read_bytes()[debut:]:
            if not self.vivant() or time.monotonic() > limite:
                pytest.fail(f"Le travailleur Celery n’a pas démarré :\n{self.journal.read_text()[-3000:]}")
            time.sleep(0.05)

    def tuer(self) -> None:
        """Kill the worker and its children at once, as a power cut would."""
        if self._processus is not None:
            os.killpg(self._processus.pid, signal.SIGKILL)
            self._processus.wait()

    def arreter(self) -> None:
        """Let the worker finish, then end it."""
        if self._processus is None:
            return
        if self.vivant():
            self._processus.terminate()
            try:
                self._processus.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.tuer()
        self._processus = None


def _file() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL)


@pytest.fixture(scope="session")
def _travailleur(django_db_setup: None, django_db_blocker: object, tmp_path_factory: pytest.TempPathFactory):
    """One process for the session (it starts in seconds); ended before the test database is dropped."""
    travailleur = TravailleurCelery(tmp_path_factory.mktemp("celery") / "travailleur.log")
    yield travailleur
    travailleur.arreter()


@pytest.fixture
def worker_celery(transactional_db: None, _travailleur: TravailleurCelery) -> Iterator[TravailleurCelery]:
    """A running worker with an empty queue; use with `@pytest.mark.celery`.

    Jobs left by other tests are dropped first; a job still running at the end is killed with its worker.
    """
    with _file() as file:
        file.delete("celery", "unacked", "unacked_index")
        _travailleur.demarrer()
        yield _travailleur
        if file.hlen("unacked") or file.llen("celery"):
            _travailleur.tuer()
            file.delete("celery", "unacked", "unacked_index")


@pytest.fixture
def attendre():
    """Wait until `condition()` is true, or fail with `motif`. No fixed pause: polls every 50 ms."""

    def _attendre(condition, *, motif: str, delai_s: float = ATTENTE_S):
        limite = time.monotonic() + delai_s
        while not (resultat := condition()):
            if time.monotonic() > limite:
                pytest.fail(f"Toujours pas, après {delai_s:.0f} s : {motif}")
            time.sleep(0.05)
        return resultat

    return _attendre
