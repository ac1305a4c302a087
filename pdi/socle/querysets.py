"""Named scopes of the ground floor."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

if TYPE_CHECKING:
    from .models import Avis, EntreeJournal, FiltreEnregistre, LotImport, Traitement

# The accounts live on the storey above: their roles are named here by value (see pdi.comptes.models.Role).
ADMINISTRATEUR = "administrateur"
ROLES_GESTION = (ADMINISTRATEUR, "charge_programme")

# Labels of the models that speak of people, told by the storey that knows them: see `reserver`.
NOMINATIFS: set[str] = set()

# A worker says it is alive every few seconds; silent for longer, it is held for dead.
SILENCE = datetime.timedelta(seconds=30)
# A job that waits longer may have been lost by the broker: its message is sent again.
OUBLI = datetime.timedelta(minutes=2)


def reserver(modeles: Iterable[type[models.Model]]) -> None:
    """Keep what the journal says of `modeles` for those who read people: a manager's habilitation opens figures."""
    NOMINATIFS.update(modele._meta.label_lower for modele in modeles)


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
        """Return the whole journal to administration, what it says of nobody to programme managers, else nothing."""
        if not utilisateur.is_authenticated or not utilisateur.a_role(*ROLES_GESTION):
            return self.none()
        return self if utilisateur.a_role(ADMINISTRATEUR) else self.exclude(objet_type__in=NOMINATIFS)

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
