"""Two files of one person made one: what was moved, what could not be kept, by whom. The trace of a merge."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from .personne import Personne


class Fusion(models.Model):
    """One merge. `absorbee` is the identity of the file that is no more, with its key; kept as long as `garde`.

    `deplaces`: {model label: [keys now of `garde`]}; `ecartes`: {model label: [full rows]} that another row of `garde`
    already covered; `completes`: {field: value} taken from the absorbed identity. `retour` holds rows as they were, for
    the way back (parcours.operations.separation); `separee_le`: the day it was taken.
    """

    garde = models.ForeignKey(Personne, on_delete=models.CASCADE, related_name="fusions")
    absorbee = models.JSONField("fiche absorbée")
    deplaces = models.JSONField("lignes déplacées", default=dict)
    ecartes = models.JSONField("lignes écartées", default=dict)
    completes = models.JSONField("champs complétés", default=dict)
    motif = models.CharField("motif", max_length=250, blank=True)
    par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    le = models.DateTimeField("le", db_default=Now(), editable=False)
    retour = models.JSONField("chemin du retour", default=dict, blank=True, editable=False)
    separee_le = models.DateTimeField("séparée le", null=True, blank=True)
    separee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    motif_separation = models.CharField("motif de la séparation", max_length=250, blank=True)

    class Meta:
        verbose_name = "fusion de deux fiches"
        verbose_name_plural = "fusions de fiches"
        ordering = ["-le", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(separee_le__isnull=True) | (Q(separee_par__isnull=False) & ~Q(motif_separation="")),
                name="fusion_separee_motivee",
                violation_error_message="Une séparation se motive.",
            )
        ]

    def __str__(self) -> str:
        """Return what was absorbed into what, by their keys."""
        return f"{self.absorbee.get('id')} → {self.garde_id}"
