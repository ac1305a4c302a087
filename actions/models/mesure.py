"""Values of an indicator: never overwritten, a new row replaces the current one."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from actions.querysets import MesureQuerySet
from pdi.socle.models import Traitement

from .indicateur import Indicateur


class ProvenanceMesure(models.TextChoices):
    """How a value arrived."""

    SAISIE = "saisie", "Saisie"
    CALCUL = "calcul", "Calcul"
    IMPORT = "import", "Import"


class MesureIndicateur(models.Model):
    """One value over the half-open range `periode`; `annee` is the reporting year it belongs to.

    `remplacee_le` None marks the current value; the others are its history. `valeur` is a number in the
    indicator's unit, `texte` the appreciation of a qualitative one. `manquants` counts missing data.
    """

    indicateur = models.ForeignKey(Indicateur, on_delete=models.CASCADE, related_name="mesures")
    annee = models.PositiveSmallIntegerField("année")
    periode = DateRangeField("période")
    valeur = models.DecimalField("valeur", max_digits=18, decimal_places=4, null=True, blank=True)
    texte = models.TextField("appréciation", blank=True)
    numerateur = models.DecimalField("numérateur", max_digits=18, decimal_places=4, null=True, blank=True)
    denominateur = models.DecimalField("dénominateur", max_digits=18, decimal_places=4, null=True, blank=True)
    manquants = models.PositiveIntegerField("données manquantes", null=True, blank=True)
    commentaire = models.TextField("commentaire", blank=True)
    source = models.CharField("source", max_length=200, blank=True)
    provenance = models.CharField("provenance", max_length=8, choices=ProvenanceMesure)
    formule_version = models.CharField("version de la formule", max_length=20, blank=True)
    traitement = models.ForeignKey(Traitement, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    auteur = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    saisie_le = models.DateTimeField("saisie le", default=timezone.now)
    remplacee_le = models.DateTimeField("remplacée le", null=True, blank=True)
    demonstration = models.BooleanField("donnée de démonstration", default=False)

    objects = MesureQuerySet.as_manager()

    class Meta:
        verbose_name = "mesure"
        ordering = ["annee", "periode", "saisie_le"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicateur", "periode"],
                condition=Q(remplacee_le__isnull=True),
                name="mesure_une_courante_par_periode",
                violation_error_message="Une valeur existe déjà pour cette période.",
            ),
            models.CheckConstraint(
                condition=Q(valeur__isnull=False) | ~Q(texte=""),
                name="mesure_valeur_ou_texte",
                violation_error_message="Donnez une valeur ou une appréciation.",
            ),
            models.CheckConstraint(
                condition=Q(denominateur__isnull=True) | Q(numerateur__isnull=False),
                name="mesure_numerateur_avec_denominateur",
                violation_error_message="Un dénominateur ne va pas sans numérateur.",
            ),
            models.CheckConstraint(condition=Q(periode__isempty=False), name="mesure_periode_non_vide"),
        ]
        indexes = [
            models.Index(fields=["indicateur", "annee"], condition=Q(remplacee_le__isnull=True), name="mesure_courante")
        ]

    def __str__(self) -> str:
        """Return « année : valeur »."""
        return f"{self.annee} : {self.valeur if self.valeur is not None else self.texte}"
