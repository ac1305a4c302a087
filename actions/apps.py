"""Application declaration."""

from django.apps import AppConfig


class ActionsConfig(AppConfig):
    """Programmes, fiches-actions, indicators, bilans."""

    name = "actions"
    label = "actions"
    verbose_name = "Programmes et fiches-actions"

    def ready(self) -> None:
        """Find the computed indicators that every storey declares; show our part of a structure's page."""
        from pdi.structures.rubriques import enregistrer  # noqa: PLC0415

        from .registre import decouvrir  # noqa: PLC0415 - models are loaded only now
        from .rubriques import roles_de_la_structure, signatures_de_la_structure  # noqa: PLC0415

        decouvrir()
        enregistrer("roles", roles_de_la_structure)
        enregistrer("signatures", signatures_de_la_structure)
