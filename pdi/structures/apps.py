"""Application declaration."""

from django.apps import AppConfig


class StructuresConfig(AppConfig):
    """Organisms and services."""

    name = "pdi.structures"
    label = "structures"
    verbose_name = "Structures"
