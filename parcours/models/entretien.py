"""Meetings with the person."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from pdi.structures.models import Structure

from .personne import Personne


class EtatEntretien(models.TextChoices):
    """What became of it."""

    PREVU = "prevu", "Prévu"
    TENU = "tenu", "Tenu"
    MANQUE = "manque", "Manqué"
    EXCUSE = "excuse", "Excusé"
    ANNULE = "annule", "Annulé"


class NatureEntretien(models.TextChoices):
    """What it is for."""

    ORIENTATION = "orientation", "Entretien d’orientation"
    PREMIER = "premier", "Premier rendez-vous"
    SUIVI = "suivi", "Suivi"
    COLLECTIF = "collectif", "Information collective"
    BILAN = "bilan", "Bilan"


class Entretien(models.Model):
    """A meeting: planned, held, missed, excused or cancelled. `resume` is facts and next steps, not judgements."""

    personne = models.ForeignKey(Personne, on_delete=models.CASCADE, related_name="entretiens")
    nature = models.CharField("nature", max_length=12, choices=NatureEntretien, default=NatureEntretien.SUIVI)
    debut = models.DateTimeField("date et heure")
    duree_min = models.PositiveSmallIntegerField("durée (minutes)", default=45)
    lieu = models.CharField("lieu", max_length=150, blank=True)
    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="+")
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="entretiens"
    )
    etat = models.CharField("état", max_length=8, choices=EtatEntretien, default=EtatEntretien.PREVU)
    resume = models.TextField("compte rendu", blank=True)
    prochaines_etapes = models.TextField("prochaines étapes", blank=True)
    brouillon = models.JSONField("brouillon de saisie", null=True, blank=True)
    motif = models.CharField("motif d’absence ou d’annulation", max_length=200, blank=True)
    saisi_le = models.DateTimeField("saisi le", db_default=Now(), editable=False)

    class Meta:
        verbose_name = "entretien"
        ordering = ["-debut", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(duree_min__gt=0, duree_min__lte=480),
                name="entretien_duree_plausible",
                violation_error_message="La durée va de 1 minute à 8 heures.",
            )
        ]
        indexes = [
            models.Index(fields=["personne", "-debut"], name="entretien_personne"),
            models.Index(fields=["agent", "debut"], name="entretien_agenda"),
            models.Index(fields=["debut"], name="entretien_debut"),
        ]

    def __str__(self) -> str:
        """Return nature and date."""
        return f"{self.get_nature_display()} du {self.debut:%d/%m/%Y}"
