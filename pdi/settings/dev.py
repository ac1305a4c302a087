"""Development and demonstration: embedded servers unless DATABASE_URL and REDIS_URL say otherwise."""

from __future__ import annotations

import base64
import hashlib
import os

from pdi.outillage.serveurs import Emplacement

from .base import *  # noqa: F403
from .base import INSTALLED_APPS as _APPLICATIONS
from .base import RACINE, base_de_donnees

INSTALLED_APPS = ["pdi.outillage", *_APPLICATIONS]  # the commands of the demonstration: not in production

DEBUG = os.environ.get("PDI_DEBUG", "") == "1"
DEMONSTRATION_PERMISE = True
SECRET_KEY = "developpement-seulement-cette-cle-ne-protege-rien"  # nosec B105  # noqa: S105
# The people of the demonstration are fictitious: these keys protect nothing either.
CLES_CHIFFREMENT = [base64.urlsafe_b64encode(hashlib.sha256(SECRET_KEY.encode()).digest()).decode()]
CLE_EMPREINTE = hashlib.sha256(f"empreinte:{SECRET_KEY}".encode()).hexdigest()
ADRESSE_PUBLIQUE = os.environ.get("PDI_ADRESSE", "http://localhost:8000")
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]

EMPLACEMENT = Emplacement.depuis_environnement(RACINE)
DATABASES = {"default": base_de_donnees(os.environ.get("DATABASE_URL") or EMPLACEMENT.url_base)}
REDIS_URL = os.environ.get("REDIS_URL") or EMPLACEMENT.url_redis
CELERY_BROKER_URL = os.environ.get("REDIS_URL") or EMPLACEMENT.url_celery
CELERY_RESULT_BACKEND = CELERY_BROKER_URL
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

MEDIA_ROOT = EMPLACEMENT.fichiers
STATIC_ROOT = EMPLACEMENT.statiques
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = EMPLACEMENT.dossier / "courriels"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
