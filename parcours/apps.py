"""Application declaration."""

from django.apps import AppConfig


class ParcoursConfig(AppConfig):
    """People and their paths."""

    name = "parcours"
    label = "parcours"
    verbose_name = "Parcours"

    def ready(self) -> None:
        """Follow the sessions of the storey below: places that come back, sessions that are cancelled."""
        from offre.operations.places import abonner  # noqa: PLC0415 - models are loaded only now

        from .operations.inscriptions import annuler_les_inscriptions, proposer_places  # noqa: PLC0415

        abonner("places_rendues", proposer_places)
        abonner("session_annulee", annuler_les_inscriptions)
