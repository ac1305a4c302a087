"""Application declaration."""

from django.apps import AppConfig


class ParcoursConfig(AppConfig):
    """People and their paths."""

    name = "parcours"
    label = "parcours"
    verbose_name = "Parcours"
