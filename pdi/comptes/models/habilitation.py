"""What a user may be: a role, for a structure, on a territory, over a period."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from pdi.socle.formats import periode
from pdi.structures.models import Structure
from pdi.territoires.models import TerritoireAction

if TYPE_CHECKING:
    from .utilisateur import Utilisateur


class Role(models.TextChoices):
    """Roles. The public has none: it is the anonymous visitor."""

    ADMINISTRATEUR = "administrateur", "Administrateur"
    CHARGE_PROGRAMME = "charge_programme", "Chargé de programme"
    PILOTE = "pilote", "Pilote de fiches"
    ENCADRANT = "encadrant", "Encadrant"
    REFERENT = "referent", "Référent de parcours"
    AGENT_ORIENTATION = "agent_orientation", "Agent d’orientation"
    PRESTATAIRE = "prestataire", "Prestataire"
    PARTENAIRE = "partenaire", "Partenaire signataire"
    DIRECTION = "direction", "Direction, élu"


ROLES_DEPARTEMENT = (
    Role.ADMINISTRATEUR,
    Role.CHARGE_PROGRAMME,
    Role.PILOTE,
    Role.ENCADRANT,
    Role.REFERENT,
    Role.AGENT_ORIENTATION,
    Role.DIRECTION,
)


class HabilitationQuerySet(models.QuerySet["Habilitation"]):
    """Habilitations."""

    def au(self, date: datetime.date) -> HabilitationQuerySet:
        """Return those valid on `date`."""
        return self.filter(periode__contains=date)


class Habilitation(models.Model):
    """One role of one user over the half-open range `periode`; None for structure or territory means all."""

    utilisateur: models.ForeignKey[Utilisateur] = models.ForeignKey(
        "comptes.Utilisateur", on_delete=models.CASCADE, related_name="habilitations"
    )
    role = models.CharField("rôle", max_length=20, choices=Role)
    structure = models.ForeignKey(
        Structure, on_delete=models.PROTECT, null=True, blank=True, related_name="habilitations"
    )
    territoire = models.ForeignKey(
        TerritoireAction, on_delete=models.PROTECT, null=True, blank=True, related_name="habilitations"
    )
    periode = DateRangeField("période")

    objects = HabilitationQuerySet.as_manager()

    class Meta:
        verbose_name = "habilitation"
        ordering = ["utilisateur_id", "role"]
        constraints = [
            ExclusionConstraint(
                name="habilitation_sans_chevauchement",
                expressions=[
                    (F("utilisateur"), RangeOperators.EQUAL),
                    (F("role"), RangeOperators.EQUAL),
                    (Coalesce(F("structure"), 0), RangeOperators.EQUAL),
                    (Coalesce(F("territoire"), 0), RangeOperators.EQUAL),
                    ("periode", RangeOperators.OVERLAPS),
                ],
                violation_error_message="Cette personne a déjà ce rôle sur une partie de la période.",
            ),
            models.CheckConstraint(
                condition=Q(periode__isempty=False),
                name="habilitation_periode_non_vide",
                violation_error_message="La période de l’habilitation est vide.",
            ),
            models.CheckConstraint(
                condition=~Q(role__in=["pilote", "prestataire", "partenaire"]) | Q(structure__isnull=False),
                name="habilitation_structure_exigee",
                violation_error_message="Ce rôle s’exerce pour une structure : indiquez laquelle.",
            ),
        ]

    def __str__(self) -> str:
        """Return the role's label."""
        return self.get_role_display()

    @property
    def en_cours(self) -> bool:
        """Return whether it is valid today."""
        return timezone.localdate() in self.periode

    @property
    def a_venir(self) -> bool:
        """Return whether it begins later."""
        return self.periode.lower is not None and self.periode.lower > timezone.localdate()

    @property
    def periode_texte(self) -> str:
        """Return the period with its last day included."""
        return periode(self.periode)
