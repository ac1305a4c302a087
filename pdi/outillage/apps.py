"""Application declaration."""

from django.apps import AppConfig


class OutillageConfig(AppConfig):
    """Tooling: the commands of the demonstration. Not installed in production."""

    name = "pdi.outillage"
    label = "outillage"
    verbose_name = "Outillage"
