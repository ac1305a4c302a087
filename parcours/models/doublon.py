"""« Ce n’est pas la même personne »: two people who look alike, told apart once for all."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from .personne import Personne


class PersonnesDistinctes(models.Model):
    """A pair that somebody looked at and told apart; the smaller key first, so that a pair is written once."""

    premiere = models.ForeignKey(Personne, on_delete=models.CASCADE, related_name="+")
    seconde = models.ForeignKey(Personne, on_delete=models.CASCADE, related_name="+")
    par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    le = models.DateTimeField("le", db_default=Now(), editable=False)

    class Meta:
        verbose_name = "paire de personnes distinctes"
        verbose_name_plural = "paires de personnes distinctes"
        constraints = [
            models.UniqueConstraint(fields=["premiere", "seconde"], name="distinctes_une_fois"),
            models.CheckConstraint(condition=Q(premiere__lt=F("seconde")), name="distinctes_dans_l_ordre"),
        ]

    def __str__(self) -> str:
        """Return the two keys."""
        return f"{self.premiere_id} ≠ {self.seconde_id}"
