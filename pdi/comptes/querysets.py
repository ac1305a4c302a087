"""Named scopes of accounts."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, OuterRef, Prefetch

if TYPE_CHECKING:
    from .models import Utilisateur


class UtilisateurQuerySet(models.QuerySet["Utilisateur"]):
    """Users."""

    def visibles_par(self, utilisateur: Any) -> UtilisateurQuerySet:
        """Return every account to administrators, one's own to others."""
        from .droits import peut_gerer_comptes

        if not utilisateur.is_authenticated:
            return self.none()
        return self if peut_gerer_comptes(utilisateur) else self.filter(pk=utilisateur.pk)

    def avec_habilitations(self, jour: datetime.date) -> UtilisateurQuerySet:
        """Read also, in one query, what each may do on `jour` (attribute `habilitations_du_jour`)."""
        from .models import Habilitation

        lues = Habilitation.objects.au(jour).select_related("structure", "territoire")
        return self.prefetch_related(Prefetch("habilitations", lues, to_attr="habilitations_du_jour"))
