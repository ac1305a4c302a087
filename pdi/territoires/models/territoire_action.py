"""Action territories of a département and the communes they hold at a date."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q

from .commune import Commune, Departement


class NatureTerritoire(models.TextChoices):
    """What départements call their territories."""

    TAD = "TAD", "Territoire d’action départementale"
    MSD = "MSD", "Maison de la solidarité départementale"
    CTI = "CTI", "Comité territorial d’insertion"
    AUTRE = "AUTRE", "Autre territoire"


class TerritoireAction(models.Model):
    """A territory of action (TAD, MSD, CTI…), valid over the half-open date range `validite`."""

    departement = models.ForeignKey(Departement, on_delete=models.PROTECT, related_name="territoires")
    nature = models.CharField("nature", max_length=10, choices=NatureTerritoire)
    code = models.SlugField("code", max_length=40)
    nom = models.CharField("nom", max_length=120)
    validite = DateRangeField("validité")
    demonstration = models.BooleanField("donnée de démonstration", default=False)
    source = models.CharField("source", max_length=200, blank=True)
    communes: models.ManyToManyField[Commune, CommuneTerritoire] = models.ManyToManyField(
        Commune, through="CommuneTerritoire", related_name="territoires"
    )

    class Meta:
        verbose_name = "territoire d’action"
        verbose_name_plural = "territoires d’action"
        ordering = ["departement_id", "nature", "nom"]
        constraints = [
            models.UniqueConstraint(fields=["departement", "code"], name="territoire_code_unique"),
            models.CheckConstraint(
                condition=Q(validite__isempty=False),
                name="territoire_validite_non_vide",
                violation_error_message="La période de validité est vide.",
            ),
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.nom


class CommuneTerritoire(models.Model):
    """A commune belongs to one action territory at a date (exclusion constraint)."""

    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="rattachements")
    territoire = models.ForeignKey(TerritoireAction, on_delete=models.CASCADE, related_name="rattachements")
    validite = DateRangeField("validité")

    class Meta:
        verbose_name = "rattachement d’une commune"
        verbose_name_plural = "rattachements des communes"
        constraints = [
            ExclusionConstraint(
                name="commune_un_territoire_a_une_date",
                expressions=[(F("commune"), RangeOperators.EQUAL), ("validite", RangeOperators.OVERLAPS)],
                violation_error_message="Cette commune appartient déjà à un autre territoire sur cette période.",
            ),
            models.CheckConstraint(
                condition=Q(validite__isempty=False),
                name="rattachement_validite_non_vide",
                violation_error_message="La période de rattachement est vide.",
            ),
        ]

    def __str__(self) -> str:
        """Return « commune – territoire »."""
        return f"{self.commune_id} – {self.territoire_id}"
