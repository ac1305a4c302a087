"""Application declaration."""

from django.apps import AppConfig


class GouvernanceConfig(AppConfig):
    """Bodies, meetings, annual report."""

    name = "gouvernance"
    label = "gouvernance"
    verbose_name = "Gouvernance"

    def ready(self) -> None:
        """Show the files of équipes pluridisciplinaires on the page of the person."""
        from parcours.annotations import ANNOTATIONS  # noqa: PLC0415
        from parcours.page import abonner  # noqa: PLC0415 - models are loaded only now

        from . import page_personne  # noqa: PLC0415

        abonner(page_personne)
        ANNOTATIONS["a_un_dossier_ep"] = page_personne.a_un_dossier_ep
        ANNOTATIONS["equipe_existe"] = page_personne.equipe_existe
