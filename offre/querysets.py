"""Named scopes of the offer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    from .models import OffreInsertion


class OffreQuerySet(models.QuerySet["OffreInsertion"]):
    """Offers."""

    def visibles_par(self, utilisateur: Any) -> OffreQuerySet:
        """Return published offers to every habilitated user."""
        if not utilisateur.is_authenticated or not utilisateur.roles():
            return self.none()
        return self.filter(etat="publiee")

    def publiees(self) -> OffreQuerySet:
        """Return the offers that can be prescribed."""
        return self.filter(etat="publiee")
