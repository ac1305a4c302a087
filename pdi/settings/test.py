"""Tests: same engines as production; undefined template variables and warnings are errors."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

# The tests own their servers and their files, whatever the shell says: one folder a run, named by the
# first process (the controller) and inherited by its pytest-xdist workers and its Celery worker.
os.environ["PDI_VAR"] = os.environ.setdefault(
    "PDI_VAR_TESTS", str(Path(tempfile.gettempdir()) / f"pdi-tests-{os.getuid()}-{os.getpid()}")
)

from .dev import *  # noqa: F403
from .dev import CELERY_BROKER_URL as COURTIER
from .dev import DATABASES, EMPLACEMENT, REDIS_URL, TEMPLATES

DEBUG = False
SECRET_KEY = "tests-seulement-cette-cle-ne-protege-rien-non-plus"  # nosec B105  # noqa: S105
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ADRESSE_PUBLIQUE = "http://testserver"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MEDIA_ROOT = EMPLACEMENT.dossier / "fichiers-tests"
STORAGES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = "!!VARIABLE INCONNUE: %s!!"

# A test is one transaction: the minute of layout of a long report, on a busy machine, is no forgotten session.
DATABASES["default"]["OPTIONS"]["options"] += " -c idle_in_transaction_session_timeout=0"


def _base_valkey(url: str, numero: int) -> str:
    """Return `url` (redis, unix socket, or Celery's spelling of it) pointing at database `numero`."""
    adresse = url.split("?", 1)[0]
    if adresse.startswith("unix:"):
        return f"{adresse}?db={numero}"
    if adresse.startswith("redis+socket:"):
        return f"{adresse}?virtual_host={numero}"
    protocole, _, reste = adresse.partition("://")
    return f"{protocole}://{reste.split('/', 1)[0]}/{numero}"


# One Valkey database for each pytest-xdist worker, so that no worker takes another's jobs.
_NUMERO = int(os.environ.get("PYTEST_XDIST_WORKER", "gw-1").removeprefix("gw")) + 1
REDIS_URL = _base_valkey(REDIS_URL, _NUMERO)
CELERY_BROKER_URL = _base_valkey(COURTIER, _NUMERO)
CELERY_RESULT_BACKEND = CELERY_BROKER_URL
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
API_DEBIT_PUBLIC = 100_000  # all the tests share one address
CELERY_IMPORTS = ("tests.taches",)
