"""Named scopes of aids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, Q

from pdi.comptes.models import Role

from .portees import portee, suivies_par

if TYPE_CHECKING:
    from .models import AttributionAide


class AideQuerySet(models.QuerySet["AttributionAide"]):
    """Aids."""

    def visibles_par(self, utilisateur: Any) -> AideQuerySet:
        """Return those a list shows: of the portfolio, or of the scope of an encadrant or an orientation agent.

        A prestataire sees none.
        """
        from .models import Personne

        if not utilisateur.is_authenticated:
            return self.none()
        if utilisateur.a_role(Role.ADMINISTRATEUR):
            return self
        condition = portee(utilisateur, Role.ENCADRANT, Role.AGENT_ORIENTATION)
        if utilisateur.a_role(Role.REFERENT):
            condition = (condition or Q(pk=None)) | Q(Exists(suivies_par(utilisateur)))
        return self.none() if condition is None else self.filter(personne__in=Personne.objects.filter(condition))

    def ouvrables_par(self, utilisateur: Any) -> AideQuerySet:
        """Return those the user may open: outside the portfolio, the view asks for the motive of the person's page."""
        from .models import Personne

        if not utilisateur.is_authenticated:
            return self.none()
        return self.filter(personne__in=Personne.objects.suivies_ou_a_portee(utilisateur))

    def accordees(self) -> AideQuerySet:
        """Return those that count in ceilings and envelopes: granted or paid."""
        return self.filter(etat__in=["accordee", "versee"])

    def a_decider(self) -> AideQuerySet:
        """Return those that wait for a decision."""
        return self.filter(etat="demandee")
