"""Production: everything from the environment, nothing by default that would be a secret."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from .base import *  # noqa: F403
from .base import ADRESSE_PUBLIQUE as _ADRESSE
from .base import base_de_donnees


def exigee(nom: str) -> str:
    """Return the environment variable `nom`, or stop with a sentence that says what to set."""
    valeur = os.environ.get(nom, "")
    if not valeur:
        raise ImproperlyConfigured(f"La variable d’environnement {nom} est obligatoire en production.")
    return valeur


def cles_fernet(nom: str) -> list[str]:
    """Return the Fernet keys of the variable `nom`, commas between them, or stop when one is not a key."""
    cles = [cle.strip() for cle in exigee(nom).split(",") if cle.strip()]
    for cle in cles:
        try:
            Fernet(cle)
        except ValueError as erreur:
            raise ImproperlyConfigured(f"{nom} : une clé est 32 octets en base64, adaptée aux URL.") from erreur
    return cles


DEBUG = False
SECRET_KEY = exigee("SECRET_KEY")
CLES_CHIFFREMENT = cles_fernet("PDI_CLES_CHIFFREMENT")
CLE_EMPREINTE = exigee("PDI_CLE_EMPREINTE")
ALLOWED_HOSTS = [hote.strip() for hote in exigee("PDI_HOTES").split(",") if hote.strip()]
ADRESSE_PUBLIQUE = _ADRESSE or f"https://{ALLOWED_HOSTS[0].removeprefix('.')}"
CSRF_TRUSTED_ORIGINS = [f"https://{'*' if hote.startswith('.') else ''}{hote}" for hote in ALLOWED_HOSTS]
DATABASES = {"default": base_de_donnees(exigee("DATABASE_URL"))}
REDIS_URL = exigee("REDIS_URL")
CELERY_BROKER_URL = REDIS_URL
CELERY_RESULT_BACKEND = REDIS_URL
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
MEDIA_ROOT = Path(os.environ.get("PDI_FICHIERS", "/srv/pdi/fichiers"))
STATIC_ROOT = Path(os.environ.get("PDI_STATIQUES", "/srv/pdi/statiques"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = os.environ.get("PDI_SMTP_HOTE", "localhost")
EMAIL_PORT = int(os.environ.get("PDI_SMTP_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("PDI_SMTP_UTILISATEUR", "")
EMAIL_HOST_PASSWORD = os.environ.get("PDI_SMTP_MOT_DE_PASSE", "")
EMAIL_USE_TLS = os.environ.get("PDI_SMTP_TLS", "1") == "1"

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^sante$"]
SECURE_HSTS_SECONDS = 31536000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
NOMBRE_MANDATAIRES = int(os.environ.get("PDI_NOMBRE_MANDATAIRES", "1"))
