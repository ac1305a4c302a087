"""Who sees which requests of the public."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from pdi.comptes.models import Role
from pdi.territoires.models import CommuneTerritoire

from .portees import portee
from .querysets import ROLES_SUIVI

if TYPE_CHECKING:
    from .models import DemandePublique

EQUIPE = (Role.AGENT_ORIENTATION, Role.ENCADRANT)


def _sans_personne(utilisateur: Any) -> Q:
    """Return the condition on requests of people not known yet: the territory where they say they live.

    An habilitation over a structure alone covers who is oriented to it, hence nobody unknown.
    """
    condition = Q(pk__in=[])
    for habilitation in utilisateur.habilitations_actives:
        if habilitation.role not in EQUIPE or (habilitation.structure_id and not habilitation.territoire_id):
            continue
        if not habilitation.territoire_id:
            return Q(personne__isnull=True)
        dedans = CommuneTerritoire.objects.filter(
            territoire=habilitation.territoire_id, validite__contains=timezone.localdate()
        )
        condition |= Q(commune__isnull=True) | Q(commune__in=dedans.values("commune"))
    return Q(personne__isnull=True) & condition


class DemandePubliqueQuerySet(models.QuerySet["DemandePublique"]):
    """Requests of the public."""

    def ouvertes(self) -> DemandePubliqueQuerySet:
        """Return those an agent has still to handle."""
        return self.filter(etat__in=["a_traiter", "a_rappeler"])

    def visibles_par(self, utilisateur: Any) -> DemandePubliqueQuerySet:
        """Return confirmed requests: of one's portfolio, of the people in scope, of unknown people of the territory.

        An administrator sees them all, so that none is forgotten. Before the confirmation nobody does.
        """
        from .models import Personne

        if not utilisateur.is_authenticated or not utilisateur.a_role(*ROLES_SUIVI):
            return self.none()
        confirmees = self.exclude(etat="a_confirmer")
        if utilisateur.a_role(Role.ADMINISTRATEUR):
            return confirmees
        condition = Q(pk__in=[])
        if utilisateur.a_role(Role.REFERENT):
            condition |= Q(personne__in=Personne.objects.portefeuille_de(utilisateur).values("pk"))
        autour = portee(utilisateur, *EQUIPE)
        if autour is not None:
            condition |= Q(personne__in=Personne.objects.filter(autour).values("pk")) | _sans_personne(utilisateur)
        return confirmees.filter(condition)
