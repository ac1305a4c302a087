"""The figures of a year as they were computed, and frozen: a recount is shown beside them, never over them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from pdi.socle.models import Traitement


class ReleveIndicateurs(models.Model):
    """Every indicator of a year by axis, drawn up on `arrete`; frozen when `gele_le` is set (one a year).

    `parametres` keeps what the formulas were given (states of files held for open).
    """

    annee = models.PositiveSmallIntegerField("année")
    arrete = models.DateField("arrêté au")
    parametres = models.JSONField("paramètres", default=dict)
    calcule_le = models.DateTimeField("calculé le", db_default=Now())
    calcule_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    traitement = models.ForeignKey(Traitement, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    gele_le = models.DateTimeField("gelé le", null=True, blank=True)
    gele_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "relevé d’indicateurs"
        verbose_name_plural = "relevés d’indicateurs"
        ordering = ["-annee", "-calcule_le"]
        constraints = [
            models.UniqueConstraint(
                fields=["annee"],
                condition=Q(gele_le__isnull=False),
                name="releve_gele_unique",
                violation_error_message="Les chiffres de cette année sont déjà gelés.",
            ),
            models.UniqueConstraint(
                fields=["annee"], condition=Q(gele_le__isnull=True), name="releve_de_travail_unique"
            ),
        ]

    def __str__(self) -> str:
        """Return the year."""
        return f"Relevé {self.annee}"


class ValeurIndicateur(models.Model):
    """One value: `axe` « total » or one of the axes, `cle` the group (empty: unknown, or the total)."""

    releve = models.ForeignKey(ReleveIndicateurs, on_delete=models.CASCADE, related_name="valeurs")
    code = models.CharField("indicateur", max_length=60)
    formule_version = models.CharField("version de la formule", max_length=20)
    axe = models.CharField("axe", max_length=12)
    cle = models.CharField("groupe", max_length=60, blank=True)
    numerateur = models.DecimalField("numérateur", max_digits=18, decimal_places=2)
    denominateur = models.DecimalField("dénominateur", max_digits=18, decimal_places=2, null=True, blank=True)
    manquants = models.PositiveIntegerField("données manquantes", default=0)
    mediane = models.DecimalField("médiane", max_digits=12, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = "valeur d’indicateur"
        verbose_name_plural = "valeurs d’indicateurs"
        constraints = [
            models.UniqueConstraint(fields=["releve", "code", "axe", "cle"], name="valeur_indicateur_unique")
        ]

    def __str__(self) -> str:
        """Return the code."""
        return self.code
