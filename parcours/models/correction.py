"""What was corrected or withdrawn of an orientation, why, by whom: an error is mended, its trace stays."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from .orientation import Orientation
from .personne import Personne


class NatureCorrection(models.TextChoices):
    """The decision is kept and amended, or it never should have been taken."""

    CORRIGEE = "corrigee", "Décision corrigée"
    RETIREE = "retiree", "Décision retirée"


class CorrectionOrientation(models.Model):
    """One correction: `avant` and `apres` are {label: value in words}; `apres` is empty for a withdrawal.

    `orientation` is empty once the decision is withdrawn: `avant` is then all that is left of it.
    """

    personne = models.ForeignKey(Personne, on_delete=models.CASCADE, related_name="corrections_orientation")
    orientation = models.ForeignKey(
        Orientation, on_delete=models.SET_NULL, null=True, blank=True, related_name="corrections"
    )
    nature = models.CharField("nature", max_length=10, choices=NatureCorrection)
    decidee_le = models.DateField("date de la décision corrigée")
    avant = models.JSONField("avant", default=dict)
    apres = models.JSONField("après", default=dict, blank=True)
    motif = models.TextField("motif")
    par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    le = models.DateTimeField("le", db_default=Now(), editable=False)

    class Meta:
        verbose_name = "correction d’une orientation"
        verbose_name_plural = "corrections d’orientations"
        ordering = ["-le", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(motif=""),
                name="correction_orientation_motivee",
                violation_error_message="Une correction se motive.",
            )
        ]

    def __str__(self) -> str:
        """Return what was done."""
        return self.get_nature_display()

    @property
    def lignes(self) -> list[tuple[str, str, str]]:
        """Return (what, before, after) of each value that changed; every value for a withdrawal."""
        if not self.apres:
            return [(nom, valeur, "") for nom, valeur in self.avant.items() if valeur]
        return [(n, v, self.apres.get(n, "")) for n, v in self.avant.items() if v != self.apres.get(n)]
