"""Application declaration."""

from django.apps import AppConfig


class ComptesConfig(AppConfig):
    """Users, roles, habilitations."""

    name = "pdi.comptes"
    label = "comptes"
    verbose_name = "Comptes"
