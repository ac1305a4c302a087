"""Application declaration."""

from django.apps import AppConfig


class SocleConfig(AppConfig):
    """Technical base: jobs, journal, exports, components."""

    name = "pdi.socle"
    label = "socle"
    verbose_name = "Socle"

    def ready(self) -> None:
        """Find the kinds of import that every storey declares."""
        from .imports.declarations import decouvrir  # noqa: PLC0415 - models are loaded only now

        decouvrir()
