"""Application declaration."""

from django.apps import AppConfig


class OffreConfig(AppConfig):
    """Catalogue of offers."""

    name = "offre"
    label = "offre"
    verbose_name = "Offre d’insertion"
