"""The yearly campaign of bilans of a programme."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from actions.querysets import CampagneQuerySet
from pdi.socle.models import LigneEtat

from .programme import Programme


class EtatCampagne(models.TextChoices):
    """Life of a campaign."""

    PREPAREE = "preparee", "Préparée"
    OUVERTE = "ouverte", "Ouverte"
    CLOSE = "close", "Close"


class Campagne(models.Model):
    """One campaign: the bilans of year `annee`, written the year after.

    Dates are the last day included: pilotes submit until `soumission_avant`, the service reviews until
    `relecture_avant`, the Assemblée votes until `assemblee_avant` (31 March, CASF L263-1).
    """

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="campagnes")
    annee = models.PositiveSmallIntegerField("exercice")
    ouverture = models.DateField("ouverture")
    soumission_avant = models.DateField("bilans à rendre avant le")
    relecture_avant = models.DateField("relecture avant le")
    assemblee_avant = models.DateField("Assemblée avant le")
    etat = models.CharField("état", max_length=10, choices=EtatCampagne, default=EtatCampagne.PREPAREE)
    ouverte_le = models.DateTimeField("ouverte le", null=True, blank=True)
    ouverte_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    close_le = models.DateTimeField("close le", null=True, blank=True)
    close_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    demonstration = models.BooleanField("donnée de démonstration", default=False)

    objects = CampagneQuerySet.as_manager()

    class Meta:
        verbose_name = "campagne de bilans"
        verbose_name_plural = "campagnes de bilans"
        ordering = ["-annee"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "annee"],
                name="campagne_unique",
                violation_error_message="Une campagne existe déjà pour cet exercice.",
            ),
            models.CheckConstraint(
                condition=Q(ouverture__lte=F("soumission_avant"))
                & Q(soumission_avant__lte=F("relecture_avant"))
                & Q(relecture_avant__lte=F("assemblee_avant")),
                name="campagne_dates_dans_l_ordre",
                violation_error_message="Les dates se suivent : ouverture, remise, relecture, Assemblée.",
            ),
            models.CheckConstraint(
                condition=Q(etat="preparee", ouverte_le__isnull=True, close_le__isnull=True)
                | Q(etat="ouverte", ouverte_le__isnull=False, ouverte_par__isnull=False, close_le__isnull=True)
                | Q(etat="close", ouverte_le__isnull=False, close_le__isnull=False, close_par__isnull=False),
                name="campagne_dates_selon_etat",
            ),
        ]

    def __str__(self) -> str:
        """Return « Campagne année »."""
        return f"Campagne {self.annee}"

    def get_absolute_url(self) -> str:
        """Return the progress board."""
        return reverse("actions:campagne", args=[self.programme.code, self.annee])


class TransitionCampagne(LigneEtat):
    """One change of state of a campaign."""

    campagne = models.ForeignKey(Campagne, on_delete=models.CASCADE, related_name="transitions")

    class Meta(LigneEtat.Meta):
        verbose_name = "changement d’état d’une campagne"
        verbose_name_plural = "changements d’état des campagnes"
