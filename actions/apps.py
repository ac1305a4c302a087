"""Application declaration."""

from django.apps import AppConfig


class ActionsConfig(AppConfig):
    """Programmes, fiches-actions, indicators, bilans."""

    name = "actions"
    label = "actions"
    verbose_name = "Programmes et fiches-actions"

    def ready(self) -> None:
        """Find the computed indicators that every storey declares."""
        from .registre import decouvrir  # noqa: PLC0415 - models are loaded only now

        decouvrir()
