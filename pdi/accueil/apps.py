"""Application declaration."""

from django.apps import AppConfig


class AccueilConfig(AppConfig):
    """Roof: home, search, navigation, health."""

    name = "pdi.accueil"
    label = "accueil"
    verbose_name = "Accueil"
