"""Application declaration."""

from django.apps import AppConfig


class OutillageConfig(AppConfig):
    """Tooling: the commands of a checkout (demonstration). Not installed in production."""

    name = "pdi.outillage"
    label = "outillage"
    verbose_name = "Outillage"
