"""Individual financial aids: dated rules, envelopes, grants."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse

from parcours.querysets_aides import AideQuerySet
from pdi.socle.models import LigneEtat, Piece
from pdi.territoires.models import TerritoireAction

from .personne import Personne


class ReglementAide(models.Model):
    """The rules of an aid over `validite`.

    `regles` is a list of typed rules (ceilings, ages, lengths, delays, prerequisites) and `composantes` the list of
    {code, libelle} it names: both are described and read in parcours.regles.aides. Amounts in euros.
    """

    code = models.SlugField("code", max_length=40)
    intitule = models.CharField("intitulé", max_length=120)
    validite = DateRangeField("validité")
    composantes = models.JSONField("composantes", default=list, blank=True)
    regles = models.JSONField("règles", default=list)
    source = models.CharField("source", max_length=200, blank=True)

    class Meta:
        verbose_name = "règlement d’aide"
        verbose_name_plural = "règlements d’aide"
        ordering = ["code", "validite"]

    def __str__(self) -> str:
        """Return the title."""
        return self.intitule


class EnveloppeAide(models.Model):
    """Money available for an aid in a year, for a territory (None: the whole département), in euros."""

    reglement = models.ForeignKey(ReglementAide, on_delete=models.CASCADE, related_name="enveloppes")
    annee = models.PositiveSmallIntegerField("année")
    territoire = models.ForeignKey(
        TerritoireAction, on_delete=models.PROTECT, null=True, blank=True, related_name="enveloppes"
    )
    montant = models.DecimalField("montant (€)", max_digits=12, decimal_places=2)
    consomme = models.DecimalField("consommé (€)", max_digits=12, decimal_places=2, default=0)
    demonstration = models.BooleanField("donnée de démonstration", default=False)

    class Meta:
        verbose_name = "enveloppe"
        constraints = [
            models.UniqueConstraint(
                fields=["reglement", "annee", "territoire"],
                nulls_distinct=False,
                name="enveloppe_unique",
                violation_error_message="Cette enveloppe existe déjà pour cette année et ce territoire.",
            ),
            models.CheckConstraint(
                condition=Q(consomme__gte=0) & Q(consomme__lte=models.F("montant")),
                name="enveloppe_non_depassee",
                violation_error_message="L’enveloppe serait dépassée.",
            ),
        ]

    def __str__(self) -> str:
        """Return year and amount."""
        return f"{self.annee} : {self.montant} €"

    @property
    def reste(self) -> Decimal:
        """Return what is left, in euros."""
        return self.montant - self.consomme


class EtatAide(models.TextChoices):
    """Life of a grant."""

    DEMANDEE = "demandee", "Demandée"
    A_CORRIGER = "a_corriger", "À compléter"
    ACCORDEE = "accordee", "Accordée"
    REFUSEE = "refusee", "Refusée"
    VERSEE = "versee", "Versée"
    ANNULEE = "annulee", "Annulée"


class AttributionAide(models.Model):
    """An aid asked for a person; `montant` in euros; `controles` keeps what each rule said at the decision.

    `confirmations`: prerequisites that no table holds and that the requester vouches for (codes of
    parcours.regles.aides.EXIGENCES). `derogation`: why a rule that allows it was set aside.
    """

    personne = models.ForeignKey(Personne, on_delete=models.CASCADE, related_name="aides")
    reglement = models.ForeignKey(ReglementAide, on_delete=models.PROTECT, related_name="attributions")
    enveloppe = models.ForeignKey(
        EnveloppeAide, on_delete=models.PROTECT, null=True, blank=True, related_name="attributions"
    )
    composante = models.CharField("composante", max_length=60, blank=True)
    reprise_activite_le = models.DateField("reprise d’activité le", null=True, blank=True)
    naissance_enfant = models.DateField("naissance de l’enfant gardé", null=True, blank=True)
    confirmations = models.JSONField("conditions confirmées", default=list, blank=True)
    objet = models.CharField("objet", max_length=200)
    montant = models.DecimalField("montant (€)", max_digits=8, decimal_places=2)
    demandee_le = models.DateField("demandée le")
    demandee_par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    etat = models.CharField("état", max_length=10, choices=EtatAide, default=EtatAide.DEMANDEE)
    decidee_le = models.DateField("décidée le", null=True, blank=True)
    decidee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    notifiee_le = models.DateTimeField("notifiée le", null=True, blank=True)
    derogation = models.TextField("motif de la dérogation", blank=True)
    versee_le = models.DateField("versée le", null=True, blank=True)
    motif_refus = models.CharField("motif du refus", max_length=250, blank=True)
    annulee_le = models.DateField("annulée le", null=True, blank=True)
    controles = models.JSONField("contrôles", default=list, blank=True)
    saisi_le = models.DateTimeField("saisi le", db_default=Now(), editable=False)

    objects = AideQuerySet.as_manager()

    class Meta:
        verbose_name = "aide"
        ordering = ["-demandee_le", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(montant__gt=0),
                name="aide_montant_positif",
                violation_error_message="Le montant d’une aide est positif.",
            ),
            models.CheckConstraint(
                condition=~Q(etat="refusee") | ~Q(motif_refus=""),
                name="aide_refus_motive",
                violation_error_message="Un refus se motive.",
            ),
            models.CheckConstraint(
                condition=~Q(etat__in=["accordee", "refusee", "versee"]) | Q(decidee_le__isnull=False),
                name="aide_decision_datee",
            ),
            models.CheckConstraint(
                condition=~Q(etat="versee") | Q(versee_le__isnull=False), name="aide_versement_date"
            ),
        ]
        indexes = [
            models.Index(fields=["personne", "-demandee_le"], name="aide_personne"),
            models.Index(fields=["etat", "-demandee_le"], name="aide_etat"),
            models.Index(fields=["-demandee_le", "-id"], name="aide_date"),
        ]

    def __str__(self) -> str:
        """Return the object."""
        return self.objet

    def get_absolute_url(self) -> str:
        """Return the aid's page."""
        return reverse("parcours:aide", args=[self.pk])

    @property
    def composante_texte(self) -> str:
        """Return the component in words, its code when the règlement no longer names it."""
        noms = {c["code"]: str(c["libelle"]) for c in self.reglement.composantes}
        return noms.get(self.composante, self.composante)


class TransitionAide(LigneEtat):
    """One change of state of an aid."""

    aide = models.ForeignKey(AttributionAide, on_delete=models.CASCADE, related_name="transitions")

    class Meta(LigneEtat.Meta):
        verbose_name = "changement d’état d’une aide"
        verbose_name_plural = "changements d’état des aides"


class PieceAide(Piece):
    """A supporting document of an aid."""

    aide = models.ForeignKey(AttributionAide, on_delete=models.CASCADE, related_name="pieces")

    class Meta(Piece.Meta):
        verbose_name = "justificatif"
        verbose_name_plural = "justificatifs"
