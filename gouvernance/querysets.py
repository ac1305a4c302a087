"""Named scopes of governance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from actions.models import Programme
from pdi.comptes.models import Role

if TYPE_CHECKING:
    from .models import RapportAnnuel, VersionRapport

ROLES_TRAVAIL = (Role.ADMINISTRATEUR, Role.CHARGE_PROGRAMME, Role.DIRECTION)


class RapportQuerySet(models.QuerySet["RapportAnnuel"]):
    """Annual reports."""

    def visibles_par(self, utilisateur: Any) -> RapportQuerySet:
        """Return the reports of visible programmes; those without a published version, to managers and direction."""
        if not utilisateur.is_authenticated or not utilisateur.roles():
            return self.none()
        visibles = self.filter(programme__in=Programme.objects.visibles_par(utilisateur))
        if utilisateur.a_role(*ROLES_TRAVAIL):
            return visibles
        return visibles.filter(versions__etat="publiee").distinct()


class VersionQuerySet(models.QuerySet["VersionRapport"]):
    """Versions of reports."""

    def visibles_par(self, utilisateur: Any) -> VersionQuerySet:
        """Return working versions to managers and direction, published ones to every habilitated user."""
        if not utilisateur.is_authenticated or not utilisateur.roles():
            return self.none()
        visibles = self.filter(rapport__programme__in=Programme.objects.visibles_par(utilisateur))
        if utilisateur.a_role(*ROLES_TRAVAIL):
            return visibles
        return visibles.filter(etat="publiee")
