"""The Django project: settings, URLs, Celery, ground floor and roof."""

from .celery import app as celery_app

__all__ = ["celery_app"]
