"""Application declaration."""

from django.apps import AppConfig


class TerritoiresConfig(AppConfig):
    """Communes, EPCI, action territories."""

    name = "pdi.territoires"
    label = "territoires"
    verbose_name = "Territoires"
