"""The Celery application. The durable truth of a job is its Traitement row, not the broker."""

import os
from logging.config import dictConfig
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pdi.settings.dev")

app = Celery("pdi")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect  # type: ignore[untyped-decorator]  # celery has no types
def journaliser_comme_le_site(**_: Any) -> None:
    """Write the logs of workers and of beat as those of pages: Celery's own handlers would purge nothing."""
    dictConfig(settings.LOGGING)
