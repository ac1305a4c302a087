"""Application declaration."""

from django.apps import AppConfig


class OffreConfig(AppConfig):
    """Catalogue of offers."""

    name = "offre"
    label = "offre"
    verbose_name = "Offre d’insertion"

    def ready(self) -> None:
        """Find the harmonised indicators of conventions that every storey declares."""
        from .calculs import decouvrir  # noqa: PLC0415 - models are loaded only now

        decouvrir()
