"""How many people a référent may follow at once, as the encadrant sets it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q


class CapaciteReferent(models.Model):
    """The number of people a référent may follow over the half-open range `periode`; beyond it, a warning."""

    referent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="capacites")
    places = models.PositiveIntegerField("nombre de personnes")
    periode = DateRangeField("période")

    class Meta:
        verbose_name = "capacité d’un référent"
        verbose_name_plural = "capacités des référents"
        constraints = [
            ExclusionConstraint(
                name="une_capacite_referent_a_une_date",
                expressions=[(F("referent"), RangeOperators.EQUAL), ("periode", RangeOperators.OVERLAPS)],
                violation_error_message="Une capacité existe déjà sur une partie de cette période.",
            ),
            models.CheckConstraint(condition=Q(periode__isempty=False), name="capacite_referent_periode_non_vide"),
        ]

    def __str__(self) -> str:
        """Return the number."""
        return f"{self.places} personnes"
