"""Application declaration."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SocleConfig(AppConfig):
    """Technical base: jobs, journal, exports, components."""

    name = "pdi.socle"
    label = "socle"
    verbose_name = "Socle"

    def ready(self) -> None:
        """Find the kinds of import that every storey declares; put the triggers on new tables after a migrate."""
        from .ecritures import poser_temoins  # noqa: PLC0415 - models are loaded only now
        from .imports.declarations import decouvrir  # noqa: PLC0415

        decouvrir()
        post_migrate.connect(poser_temoins, sender=self, dispatch_uid="socle.temoins")
