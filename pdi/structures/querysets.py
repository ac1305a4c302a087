"""Named scopes of structures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from pdi.structures.regles import cle_nom

if TYPE_CHECKING:
    from .models import Structure


class StructureQuerySet(models.QuerySet["Structure"]):
    """Structures."""

    def visibles_par(self, utilisateur: Any) -> StructureQuerySet:
        """Return what `utilisateur` may read: the directory is open to every logged-in user."""
        return self if utilisateur.is_authenticated else self.none()

    def actives(self) -> StructureQuerySet:
        """Return the structures in activity."""
        return self.filter(active=True)

    def d_ici(self) -> StructureQuerySet:
        """Return those of the département, and the national ones: no body of a neighbour."""
        return self.filter(Q(departement=None) | Q(departement=settings.DEPARTEMENT_CODE))

    def chercher(self, texte: str) -> StructureQuerySet:
        """Return those whose name, acronym or other spelling contains every word of `texte`, accents ignored."""
        resultat = self
        for mot in cle_nom(texte).split():
            resultat = resultat.filter(
                Q(cle__contains=mot) | Q(sigle__iexact=mot) | Q(noms_alternatifs__cle__contains=mot)
            )
        return resultat.distinct()
