"""Application declaration."""

from django.apps import AppConfig
from django.db.models import Model


class ParcoursConfig(AppConfig):
    """People and their paths."""

    name = "parcours"
    label = "parcours"
    verbose_name = "Parcours"

    def ready(self) -> None:
        """Follow the sessions of the storey below (places that come back, cancellations); say who speaks of people."""
        from offre.operations.places import abonner  # noqa: PLC0415 - models are loaded only now
        from pdi.socle.querysets import reserver  # noqa: PLC0415

        from .operations.inscriptions import annuler_les_inscriptions, proposer_places  # noqa: PLC0415

        abonner("places_rendues", proposer_places)
        abonner("session_annulee", annuler_les_inscriptions)
        reserver(modele for modele in self.get_models() if self._parle_de_quelqu_un(modele))

    def _parle_de_quelqu_un(self, modele: type[Model]) -> bool:
        """Return whether a model is a person, a household, or leads to one by its keys."""
        if modele._meta.model_name in {"personne", "foyer"}:
            return True
        liens = (champ.related_model for champ in modele._meta.concrete_fields)
        return any(
            isinstance(lie, type) and lie is not modele and lie._meta.app_label == self.label
            and self._parle_de_quelqu_un(lie)
            for lie in liens
        )  # fmt: skip
