"""Conventions with operators: money, objectives, scales, quotas, avenants."""

from __future__ import annotations

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse

from actions.models import FicheAction
from offre.querysets import ConventionQuerySet
from pdi.socle.models import LigneEtat
from pdi.structures.models import Structure

from .offre import OffreInsertion


class EtatConvention(models.TextChoices):
    """Life of a convention. « Échue » is read from its dates."""

    PROJET = "projet", "En projet"
    SIGNEE = "signee", "Signée"
    RESILIEE = "resiliee", "Résiliée"


class Convention(models.Model):
    """What the département agrees with an operator for some offers over `periode` (half-open dates).

    `regles` are its quotas, typed and read in offre.regles.conventions. `alerte_jours`: warning before its end.
    """

    numero = models.CharField("numéro", max_length=40)
    intitule = models.CharField("intitulé", max_length=200)
    operateur = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="conventions")
    offres = models.ManyToManyField(OffreInsertion, blank=True, related_name="conventions")
    fiches = models.ManyToManyField(FicheAction, blank=True, related_name="conventions")
    periode = DateRangeField("période")
    signee_le = models.DateField("signée le", null=True, blank=True)
    etat = models.CharField("état", max_length=10, choices=EtatConvention, default=EtatConvention.PROJET)
    motif_resiliation = models.CharField("motif de résiliation", max_length=250, blank=True)
    regles = models.JSONField("quotas et règles", default=list, blank=True)
    alerte_jours = models.PositiveSmallIntegerField("alerte avant la fin (jours)", default=90)
    alertee_le = models.DateField("alerte envoyée le", null=True, blank=True, editable=False)
    version = models.PositiveIntegerField("version", default=1)
    demonstration = models.BooleanField("donnée de démonstration", default=False)
    saisi_le = models.DateTimeField("saisi le", db_default=Now(), editable=False)

    objects = ConventionQuerySet.as_manager()

    class Meta:
        verbose_name = "convention"
        ordering = ["-periode", "numero"]
        constraints = [
            models.UniqueConstraint(
                fields=["numero"],
                name="convention_numero_unique",
                violation_error_message="Ce numéro de convention existe déjà.",
            ),
            models.CheckConstraint(
                condition=Q(periode__isempty=False),
                name="convention_periode_non_vide",
                violation_error_message="La période de la convention est vide.",
            ),
            models.CheckConstraint(
                condition=~Q(etat__in=["signee", "resiliee"]) | Q(signee_le__isnull=False),
                name="convention_signee_datee",
                violation_error_message="Une convention signée porte sa date de signature.",
            ),
            models.CheckConstraint(
                condition=~Q(etat="resiliee") | ~Q(motif_resiliation=""),
                name="convention_resiliation_motivee",
                violation_error_message="Une résiliation se motive.",
            ),
        ]
        indexes = [models.Index(fields=["operateur"], name="convention_operateur")]

    def __str__(self) -> str:
        """Return number and title."""
        return f"{self.numero} – {self.intitule}"

    def get_absolute_url(self) -> str:
        """Return the convention's page."""
        return reverse("offre:convention", args=[self.pk])


class MontantConvention(models.Model):
    """Money of a convention for a year and a funder, in euros. None means « not said », not zero."""

    convention = models.ForeignKey(Convention, on_delete=models.CASCADE, related_name="montants")
    annee = models.PositiveSmallIntegerField("année")
    financeur = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="+")
    prevu = models.DecimalField("prévu (€)", max_digits=12, decimal_places=2, null=True, blank=True)
    mandate = models.DecimalField("mandaté (€)", max_digits=12, decimal_places=2, null=True, blank=True)
    paye = models.DecimalField("payé (€)", max_digits=12, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = "montant"
        ordering = ["annee", "financeur_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["convention", "annee", "financeur"],
                name="montant_convention_unique",
                violation_error_message="Ce financeur figure déjà pour cette année.",
            ),
            models.CheckConstraint(
                condition=(Q(prevu__isnull=True) | Q(prevu__gte=0))
                & (Q(mandate__isnull=True) | Q(mandate__gte=0))
                & (Q(paye__isnull=True) | Q(paye__gte=0)),
                name="montant_convention_positif",
                violation_error_message="Un montant n’est pas négatif.",
            ),
        ]

    def __str__(self) -> str:
        """Return year and funder."""
        return f"{self.annee} – {self.financeur_id}"


class ObjectifConvention(models.Model):
    """A number the operator commits to. `calcul` names the harmonised indicator that fills it (empty: declared)."""

    convention = models.ForeignKey(Convention, on_delete=models.CASCADE, related_name="objectifs")
    annee = models.PositiveSmallIntegerField("année")
    libelle = models.CharField("objectif", max_length=200)
    calcul = models.SlugField("indicateur harmonisé", max_length=60, blank=True)
    cible = models.DecimalField("cible", max_digits=12, decimal_places=2)
    unite = models.CharField("unité", max_length=40, blank=True)
    ordre = models.PositiveSmallIntegerField("ordre", default=0)

    class Meta:
        verbose_name = "objectif"
        ordering = ["annee", "ordre", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["convention", "annee", "libelle"],
                name="objectif_convention_unique",
                violation_error_message="Cet objectif figure déjà pour cette année.",
            )
        ]

    def __str__(self) -> str:
        """Return the label."""
        return self.libelle


class BaremeConvention(models.Model):
    """An editable scale: `tranches` is [{"de": 0, "a": 60, "valeur": 70}, …], `calcul` what is measured.

    Example: a subsidy of 70 to 80 % of the cost by rate of return to employment (convention of Rueil-Malmaison).
    """

    convention = models.ForeignKey(Convention, on_delete=models.CASCADE, related_name="baremes")
    intitule = models.CharField("intitulé", max_length=150)
    calcul = models.SlugField("mesure", max_length=60, blank=True)
    unite = models.CharField("unité de la mesure", max_length=40, blank=True)
    unite_valeur = models.CharField("unité de la valeur", max_length=40, blank=True)
    tranches = models.JSONField("tranches", default=list)

    class Meta:
        verbose_name = "barème"
        ordering = ["id"]

    def __str__(self) -> str:
        """Return the title."""
        return self.intitule


class AvenantConvention(models.Model):
    """A dated change of a convention: `avant` and `apres` hold what changed, labelled in French."""

    convention = models.ForeignKey(Convention, on_delete=models.CASCADE, related_name="avenants")
    numero = models.PositiveSmallIntegerField("numéro")
    objet = models.CharField("objet", max_length=250)
    signe_le = models.DateField("signé le")
    effet_le = models.DateField("prend effet le")
    avant = models.JSONField(default=dict, blank=True)
    apres = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = "avenant"
        ordering = ["-numero"]
        constraints = [models.UniqueConstraint(fields=["convention", "numero"], name="avenant_convention_unique")]

    def __str__(self) -> str:
        """Return its number."""
        return f"Avenant {self.numero}"


class TransitionConvention(LigneEtat):
    """One change of state of a convention."""

    convention = models.ForeignKey(Convention, on_delete=models.CASCADE, related_name="transitions")

    class Meta(LigneEtat.Meta):
        verbose_name = "changement d’état d’une convention"
        verbose_name_plural = "changements d’état des conventions"
