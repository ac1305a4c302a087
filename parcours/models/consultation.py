"""Who looked at whose page: the log of consultations of personal data (kept one year)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from .personne import Personne


class Consultation(models.Model):
    """One consultation; `motif` is required outside one's own people (« accès exceptionnel »)."""

    personne = models.ForeignKey(Personne, on_delete=models.CASCADE, related_name="consultations")
    par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    le = models.DateTimeField("le", db_default=Now())
    ecran = models.CharField("écran", max_length=120, blank=True)
    exceptionnelle = models.BooleanField("accès exceptionnel", default=False)
    motif = models.CharField("motif", max_length=250, blank=True)

    class Meta:
        verbose_name = "consultation"
        ordering = ["-le", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(exceptionnelle=False) | ~models.Q(motif=""),
                name="consultation_exceptionnelle_motivee",
                violation_error_message="Un accès exceptionnel se motive.",
            )
        ]
        indexes = [models.Index(fields=["personne", "-le"], name="consultation_personne")]

    def __str__(self) -> str:
        """Return who."""
        return str(self.par)
