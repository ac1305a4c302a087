"""Keep what a fiche says now as a version."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from actions.droits import peut_modifier_fiche
from actions.forms.fiches import VersionForm
from actions.models import FicheAction
from actions.operations.versions import figer_version
from pdi.socle.composants import Lien
from pdi.socle.droits import exiger

from .ecran import Ecran
from .sections import ariane_de_fiche


class VersionGarder(Ecran):
    """Say from when the present text holds, and where it comes from."""

    titre = "Garder cette version"
    bouton = "Garder la version"
    introduction = (
        "Ce que la fiche dit aujourd’hui devient une version : elle ne changera plus, et les bilans écrits ensuite s’y "
        "rapporteront."
    )
    formulaire = VersionForm

    def preparer(self) -> None:
        """Fetch the fiche."""
        visibles = FicheAction.objects.visibles_par(self.request.user).select_related("programme")
        self.fiche = get_object_or_404(visibles, pk=self.kwargs["pk"])
        exiger(peut_modifier_fiche(self.request.user, self.fiche))
        self.onglet = f"Fiche {self.fiche.numero}"

    def ariane(self) -> list[Lien]:
        """Return the path."""
        return ariane_de_fiche(self.fiche, Lien("Versions", self.retour()), Lien(self.titre))

    def retour(self) -> str:
        """Return to the versions."""
        return reverse("actions:fiche_versions", args=[self.fiche.pk])

    def initial(self) -> dict[str, Any]:
        """Date it from today."""
        return {"effet": timezone.localdate()}

    def enregistrer(self) -> str:
        """Keep."""
        version = figer_version(fiche=self.fiche, par=self.request.user, **self.form.cleaned_data)
        self.dire(f"La version {version.numero} de la fiche est gardée.")
        return self.retour()
