"""Named scopes of exits and of their follow-ups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from pdi.comptes.models import Role

from .querysets import ROLES_PERSONNES, ROLES_SUIVI

if TYPE_CHECKING:
    from .models import Sortie, SuiviPostSortie


class SortieQuerySet(models.QuerySet["Sortie"]):
    """Exits."""

    def visibles_par(self, utilisateur: Any) -> SortieQuerySet:
        """Return those of the people the user may find; to a prestataire, of the actions it runs."""
        from .models import Personne

        if not utilisateur.is_authenticated or not utilisateur.a_role(*ROLES_PERSONNES):
            return self.none()
        siennes = Q(prescription__operateur__in=utilisateur.structures_du_role(Role.PRESTATAIRE))
        if not utilisateur.a_role(*ROLES_SUIVI):
            return self.filter(siennes)
        return self.filter(Q(personne__in=Personne.objects.visibles_par(utilisateur)) | siennes)


class SuiviQuerySet(models.QuerySet["SuiviPostSortie"]):
    """Follow-ups after an exit."""

    def visibles_par(self, utilisateur: Any) -> SuiviQuerySet:
        """Return those of the exits the user may read."""
        from .models import Sortie

        return self.filter(sortie__in=Sortie.objects.visibles_par(utilisateur))
