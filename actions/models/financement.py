"""Funding of a fiche: one row per funder and year, planned and actual."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from pdi.structures.models import Structure

from .fiche import FicheAction


class Financement(models.Model):
    """What a funder plans and pays for a fiche, in euros. `annee` None: for the whole action.

    A None amount means « not printed, to be set »; it is not zero.
    """

    fiche = models.ForeignKey(FicheAction, on_delete=models.CASCADE, related_name="financements")
    financeur = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="financements")
    libelle = models.CharField("tel qu’imprimé", max_length=200, blank=True)
    annee = models.PositiveSmallIntegerField("année", null=True, blank=True)
    prevu = models.DecimalField("prévu (€)", max_digits=14, decimal_places=2, null=True, blank=True)
    realise = models.DecimalField("réalisé (€)", max_digits=14, decimal_places=2, null=True, blank=True)
    commentaire = models.CharField("commentaire", max_length=250, blank=True)
    demonstration = models.BooleanField("donnée de démonstration", default=False)

    class Meta:
        verbose_name = "financement"
        ordering = ["annee", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["fiche", "financeur", "annee"],
                nulls_distinct=False,
                name="financement_unique",
                violation_error_message="Ce financeur figure déjà pour cette année.",
            ),
            models.CheckConstraint(
                condition=(Q(prevu__isnull=True) | Q(prevu__gte=0)) & (Q(realise__isnull=True) | Q(realise__gte=0)),
                name="financement_positif",
                violation_error_message="Un montant ne peut pas être négatif.",
            ),
        ]

    def __str__(self) -> str:
        """Return « financeur année »."""
        return f"{self.libelle or self.financeur_id} {self.annee or ''}".strip()
