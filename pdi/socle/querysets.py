"""Named scopes of the ground floor."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

if TYPE_CHECKING:
    from .models import Avis, EntreeJournal, FiltreEnregistre, LotImport, Traitement

# The accounts live on the storey above: their roles are named here by value (see pdi.comptes.models.Role).
ROLES_GESTION = ("administrateur", "charge_programme")

# A worker says it is alive every few seconds; silent for longer, it is held for dead.
SILENCE = datetime.timedelta(seconds=30)
# A job that waits longer may have been lost by the broker: its message is sent again.
OUBLI = datetime.timedelta(minutes=2)


class TraitementQuerySet(models.QuerySet["Traitement"]):
    """Background jobs."""

    def visibles_par(self, utilisateur: Any) -> TraitementQuerySet:
        """Return one's own jobs; all of them to administration and programme managers."""
        if not utilisateur.is_authenticated:
            return self.none()
        if utilisateur.a_role(*ROLES_GESTION):
            return self
        return self.filter(demandeur=utilisateur)

    def actifs(self) -> TraitementQuerySet:
        """Return those waiting or in progress."""
        return self.filter(etat__in=["en_attente", "en_cours"])

    def sans_vie(self) -> TraitementQuerySet:
        """Return those in progress whose worker has been silent for too long."""
        return self.filter(etat="en_cours", battement__lt=Now() - SILENCE)

    def oublies(self) -> TraitementQuerySet:
        """Return those that have waited so long that the broker may have lost them."""
        return self.filter(etat="en_attente").filter(Q(battement__isnull=True) | Q(battement__lt=Now() - OUBLI))


class AvisQuerySet(models.QuerySet["Avis"]):
    """Notices."""

    def visibles_par(self, utilisateur: Any) -> AvisQuerySet:
        """Return the user's own notices."""
        return self.filter(destinataire=utilisateur) if utilisateur.is_authenticated else self.none()

    def non_lus(self) -> AvisQuerySet:
        """Return the unread ones."""
        return self.filter(lu_le__isnull=True)


class JournalQuerySet(models.QuerySet["EntreeJournal"]):
    """Entries of the journal."""

    def visibles_par(self, utilisateur: Any) -> JournalQuerySet:
        """Return the whole journal to administration and programme managers, nothing to others."""
        if utilisateur.is_authenticated and utilisateur.a_role(*ROLES_GESTION):
            return self
        return self.none()

    def de(self, objet: models.Model) -> JournalQuerySet:
        """Return the entries about `objet`."""
        return self.filter(objet_type=objet._meta.label_lower, objet_id=str(objet.pk))


class FiltreEnregistreQuerySet(models.QuerySet["FiltreEnregistre"]):
    """Searches kept under a name."""

    def visibles_par(self, utilisateur: Any) -> FiltreEnregistreQuerySet:
        """Return one's own."""
        return self.filter(utilisateur=utilisateur) if utilisateur.is_authenticated else self.none()


class LotImportQuerySet(models.QuerySet["LotImport"]):
    """Lots of import."""

    def visibles_par(self, utilisateur: Any) -> LotImportQuerySet:
        """Return the lots of the kinds the user may import."""
        from .imports.declarations import genres_permis

        if not utilisateur.is_authenticated:
            return self.none()
        return self.filter(genre__in=[g.code for g in genres_permis(utilisateur)])
