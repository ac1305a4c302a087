"""Settings common to every environment. Nothing here is secret; prod.py refuses to start without its own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import dj_database_url
from celery.schedules import crontab
from csp.constants import NONE, SELF

RACINE = Path(__file__).resolve().parent.parent.parent


def entier(nom: str, defaut: int) -> int:
    """Return a number of the environment; absent or empty (as docker-compose.yml gives it), the default."""
    return int(os.environ.get(nom) or defaut)


# One deployment serves one département: its identity is configuration, not code.
DEPARTEMENT_CODE = os.environ.get("PDI_DEPARTEMENT", "91")
NOM_APPLICATION = "Programme d’insertion"
VERSION_APPLICATION = "0.1"
DEMONSTRATION = os.environ.get("PDI_DEMONSTRATION", "") == "1"
DEMONSTRATION_PERMISE = DEMONSTRATION  # the accounts it creates have a public password

INSTALLED_APPS = [
    "pdi.accueil",
    "gouvernance",
    "parcours",
    "offre",
    "actions",
    "pdi.comptes",
    "pdi.structures",
    "pdi.territoires",
    "pdi.socle",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "django.forms",
    "axes",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "import_export",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pdi.socle.middleware.ContexteMiddleware",
    "pdi.socle.middleware.GesteMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "pdi.urls"
WSGI_APPLICATION = "pdi.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [RACINE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "pdi.accueil.contexte.coque",
            ],
            "builtins": ["pdi.socle.templatetags.socle"],
        },
    }
]
# What the shell shows that changes without the page: a page kept by `pdi.socle.relecture` is of one such state.
ETAT_DE_LA_COQUE = "pdi.accueil.contexte.etat_de_la_coque"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False

# -- reference data -----------------------------------------------------------------------------
DOSSIER_DONNEES = RACINE / "fixtures"
# Communes, EPCI, départements: the data folder of the npm package @etalab/decoupage-administratif.
DECOUPAGE_ADMINISTRATIF = Path(
    os.environ.get("PDI_DECOUPAGE", RACINE / "node_modules" / "@etalab" / "decoupage-administratif" / "data")
)

# -- database ---------------------------------------------------------------------------------
# Made for pages; docker-compose.yml gives more to jobs, and no limit to migrations, which build indexes.
DELAI_REQUETE_MS = entier("PDI_DELAI_REQUETE_MS", 15000)


def base_de_donnees(url: str) -> dict[str, Any]:
    """Return Django's DATABASES entry for `url`: persistent connections, statement timeout, PostgreSQL only."""
    config: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=600, conn_health_checks=True))
    if config["ENGINE"] != "django.db.backends.postgresql":
        raise ValueError("DATABASE_URL doit désigner une base PostgreSQL.")
    options = config.setdefault("OPTIONS", {})
    options["options"] = f"-c statement_timeout={DELAI_REQUETE_MS} -c idle_in_transaction_session_timeout=60000"
    return config


DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# -- accounts ---------------------------------------------------------------------------------
AUTH_USER_MODEL = "comptes.Utilisateur"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
LOGIN_URL = "comptes:connexion"
LOGIN_REDIRECT_URL = "accueil:accueil"
LOGOUT_REDIRECT_URL = "comptes:connexion"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("courriel", "prenom", "nom")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "pdi.comptes.validation.ComplexiteValidator"},
]
# Proxies between visitors and the application: attempts and requests are counted by address.
NOMBRE_MANDATAIRES = 0
AXES_CLIENT_IP_CALLABLE = "pdi.socle.limites.adresse_du_visiteur"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_CALLABLE = "pdi.comptes.views.connexion.identifiant_normalise"
AXES_LOCKOUT_CALLABLE = "pdi.comptes.views.connexion.compte_verrouille"
AXES_SENSITIVE_PARAMETERS = ["username", "email", "password"]
AXES_VERBOSE = False
PASSWORD_RESET_TIMEOUT = 3600
SESSION_COOKIE_AGE = 10 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "pdi.accueil.views.erreurs.csrf_refuse"

# -- language, time ---------------------------------------------------------------------------
LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

# -- files ------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [RACINE / "static"]
MEDIA_URL = "/fichiers/"  # never served directly: each file goes through a view that checks a verdict
# How long one keeps who logged in, from where, and who tried to (CNIL: six months to a year).
CONSERVATION_CONNEXIONS_JOURS = entier("PDI_CONSERVATION_CONNEXIONS_JOURS", 365)
# How long one keeps who opened whose page (CNIL: six months to a year).
CONSERVATION_CONSULTATIONS_JOURS = entier("PDI_CONSERVATION_CONSULTATIONS_JOURS", 365)
# How long a person's file stays in use once it has ended, then in restricted archive before it is erased (months).
CONSERVATION_PERSONNES_MOIS = entier("PDI_CONSERVATION_PERSONNES_MOIS", 24)
CONSERVATION_ARCHIVES_MOIS = entier("PDI_CONSERVATION_ARCHIVES_MOIS", 36)
TAILLE_MAX_PIECE_JOINTE = 10 * 1024 * 1024
TYPES_PIECES_JOINTES = ("pdf", "docx", "xlsx", "odt", "ods", "csv", "png", "jpg", "jpeg")
TAILLE_MAX_IMPORT = 20_000_000
TYPES_IMPORT = ("xlsx", "ods", "csv", "json")
LIGNES_MAX_IMPORT = 200_000
# The deposited files and their rows are kept encrypted this long, for a question or a retry; then the counts only.
CONSERVATION_IMPORTS_JOURS = entier("PDI_CONSERVATION_IMPORTS_JOURS", 30)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# -- API: read-only, of the published catalogue ------------------------------------------------
API_PUBLIQUE = os.environ.get("PDI_API_PUBLIQUE", "1") == "1"  # 0: a key is asked for
API_DEBIT_PUBLIC = entier("PDI_API_DEBIT_PUBLIC", 60)  # requests a minute, by address
API_DEBIT_JETON = entier("PDI_API_DEBIT_JETON", 600)  # requests a minute, by key

# -- security ---------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"

# -- jobs -------------------------------------------------------------------------------------
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 1800
CELERY_TASK_SOFT_TIME_LIMIT = 1740
CELERY_TIMEZONE = TIME_ZONE
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = False
CELERY_RESULT_EXPIRES = 24 * 3600
# By the clock, not by an interval: a beat that restarts every day would put off for ever what comes once a day.
CELERY_BEAT_SCHEDULE = {
    "reprendre-traitements": {"task": "socle.reprendre_traitements", "schedule": 60.0},
    "rassembler-ecritures": {"task": "socle.rassembler_ecritures", "schedule": crontab(minute="5,35")},
    "noter-usages-api": {"task": "offre.noter_usages", "schedule": 600.0},
    "liberer-places": {"task": "parcours.liberer_places", "schedule": crontab(minute=20)},
    "appliquer-avenants": {"task": "gouvernance.appliquer_avenants", "schedule": crontab(minute=10, hour="0,12")},
    "purger-imports": {"task": "socle.purger_imports", "schedule": crontab(minute=0, hour=2)},
    "purger-traitements": {"task": "socle.purger_traitements", "schedule": crontab(minute=10, hour=2)},
    "purger-connexions": {"task": "comptes.purger_connexions", "schedule": crontab(minute=15, hour=2)},
    "purger-consultations": {"task": "parcours.purger_consultations", "schedule": crontab(minute=20, hour=2)},
    "conserver-dossiers": {"task": "parcours.conserver_dossiers", "schedule": crontab(minute=30, hour=2)},
    "purger-demandes": {"task": "parcours.purger_demandes", "schedule": crontab(minute=40, hour="2,8,14,20")},
    # What writes to people leaves in working hours.
    "envoyer-alertes": {"task": "offre.envoyer_alertes", "schedule": crontab(minute=0, hour=7)},
    "alerter-conventions": {"task": "offre.alerter_conventions", "schedule": crontab(minute=10, hour=7)},
    "rappeler-bilans": {"task": "offre.rappeler_bilans", "schedule": crontab(minute=20, hour=7)},
    "rappeler-decisions": {"task": "gouvernance.rappeler_decisions", "schedule": crontab(minute=30, hour=7)},
    "relancer-convocations": {"task": "gouvernance.relancer_convocations", "schedule": crontab(minute=40, hour=7)},
    "relancer-operateurs": {"task": "parcours.relancer_operateurs", "schedule": crontab(minute=50, hour="7,13")},
}

# -- mail -------------------------------------------------------------------------------------
# Where the site is reached from outside, for links written by a job: https://insertion.exemple.fr
ADRESSE_PUBLIQUE = os.environ.get("PDI_ADRESSE", "").rstrip("/")
# Requests of the public: how long the link of the e-mail confirms, how long a handled request is kept.
DEMANDE_CONFIRMATION_JOURS = entier("PDI_DEMANDE_CONFIRMATION_JOURS", 3)
CONSERVATION_DEMANDES_JOURS = entier("PDI_CONSERVATION_DEMANDES_JOURS", 180)
LIEN_REPONSE_JOURS = entier("PDI_LIEN_REPONSE_JOURS", 15)
EMAIL_TIMEOUT = 10  # seconds: a mail server that no longer answers must not hold a page
DEFAULT_FROM_EMAIL = os.environ.get("PDI_EXPEDITEUR", "ne-pas-repondre@exemple.fr")

# -- logs: structured, without personal data ---------------------------------------------------
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "pdi.socle.journalisation.formateur"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django.server": {"level": "WARNING", "handlers": ["console"], "propagate": False},
        "fontTools": {"level": "ERROR"},
        "weasyprint": {"level": "ERROR"},
        "axes": {"level": "ERROR"},
    },
}
