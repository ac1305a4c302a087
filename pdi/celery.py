"""The Celery application. The durable truth of a job is its Traitement row, not the broker."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pdi.settings.dev")

app = Celery("pdi")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
