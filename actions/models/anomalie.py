"""A contradiction of a source or of the data, shown on the fiche and never silently corrected."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from .fiche import FicheAction


class EtatAnomalie(models.TextChoices):
    """What was decided about it."""

    OUVERTE = "ouverte", "À traiter"
    CONSERVEE = "conservee", "Gardée telle quelle"
    TRAITEE = "traitee", "Traitée"


class Anomalie(models.Model):
    """One anomaly of a fiche. `code` makes detection idempotent; `pese` lists the compared amounts.

    `pese`: list of {"libelle": str, "valeur": str} shown as a small table.
    """

    fiche = models.ForeignKey(FicheAction, on_delete=models.CASCADE, related_name="anomalies")
    code = models.SlugField("code", max_length=60)
    titre = models.CharField("titre", max_length=250)
    constat = models.TextField("constat")
    pese = models.JSONField("valeurs comparées", default=list, blank=True)
    source = models.CharField("source", max_length=200, blank=True)
    releve_le = models.DateField("relevée le", default=timezone.localdate)
    calculee = models.BooleanField("relevée par un contrôle automatique", default=False)
    etat = models.CharField("état", max_length=10, choices=EtatAnomalie, default=EtatAnomalie.OUVERTE)
    reponse = models.TextField("réponse", blank=True)
    repondu_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    repondu_le = models.DateTimeField("répondu le", null=True, blank=True)

    class Meta:
        verbose_name = "anomalie"
        ordering = ["fiche_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["fiche", "code"], name="anomalie_code_unique"),
            models.CheckConstraint(
                condition=Q(etat="ouverte", repondu_le__isnull=True, repondu_par__isnull=True)
                | (~Q(etat="ouverte") & ~Q(reponse="") & Q(repondu_le__isnull=False, repondu_par__isnull=False)),
                name="anomalie_reponse_selon_etat",
                violation_error_message="Dites pourquoi l’anomalie est gardée ou comment elle est traitée.",
            ),
        ]

    def __str__(self) -> str:
        """Return the title."""
        return self.titre
