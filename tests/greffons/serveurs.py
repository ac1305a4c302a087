"""Throw-away PostgreSQL and Valkey, one of each a run, shared by the pytest-xdist workers.

The controller starts them unless DATABASE_URL and REDIS_URL name others; a watcher process stops them and
deletes their folder when the run ends, even killed. `pdi.settings.test` already points at that folder.
"""

from __future__ import annotations

import os

import pytest
from django.core.cache import cache

from pdi.outillage import ressources
from pdi.outillage.gardien import JETON, Gardien
from pdi.outillage.serveurs import Emplacement, PostgresEmbarque, ValkeyEmbarque

# Playwright's synchronous interface keeps an event loop in the test's thread; the ORM is still used synchronously.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

_GARDIEN = pytest.StashKey[Gardien]()


def _controleur(config: pytest.Config) -> bool:
    return not hasattr(config, "workerinput")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Start the servers before the first worker asks for them."""
    config = session.config
    if not _controleur(config) or config.option.collectonly:
        return
    from django.conf import settings

    ressources.construire()
    emplacement: Emplacement = settings.EMPLACEMENT
    postgresql, valkey = not os.environ.get("DATABASE_URL"), not os.environ.get("REDIS_URL")
    gardien = Gardien(emplacement.dossier, postgresql=postgresql, valkey=valkey, effacer=True)
    config.stash[_GARDIEN] = gardien
    os.environ[JETON] = gardien.jeton
    for dossier in (settings.MEDIA_ROOT, settings.STATIC_ROOT):
        dossier.mkdir(parents=True, exist_ok=True)
    if postgresql:
        PostgresEmbarque(emplacement, jetable=True).demarrer()
    if valkey:
        ValkeyEmbarque(emplacement).demarrer()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop everything, after the last worker and the last database."""
    if _GARDIEN in config.stash:
        config.stash[_GARDIEN].fermer()


@pytest.fixture(autouse=True)
def cache_vide() -> None:
    """Each test starts without the cache of another. Celery's keys, in the same Valkey, are left alone."""
    client = cache._cache.get_client()  # type: ignore[attr-defined]  # the redis client behind Django's cache
    cles = list(client.scan_iter(match=":*"))
    if cles:
        client.delete(*cles)
