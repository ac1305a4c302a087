"""Exits (of an action, of the accompaniment, of RSA), post-exit follow-up, levels before and after."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse

from parcours.querysets_sorties import SortieQuerySet, SuiviQuerySet
from pdi.socle.models import Piece
from pdi.structures.models import Structure

from .foyer import DossierRSA
from .personne import Personne
from .prescription import Prescription
from .referentiel import Motif


class CategorieSortie(models.TextChoices):
    """Outcome families; NEUTRALISEE leaves the denominator."""

    DURABLE = "durable", "Emploi durable"
    TRANSITION = "transition", "Emploi de transition"
    POSITIVE = "positive", "Sortie positive"
    AUTRE = "autre", "Autre sortie"
    NEUTRALISEE = "neutralisee", "Sortie neutralisée"


class NatureSortie(models.TextChoices):
    """Three different things, kept apart."""

    ACTION = "action", "Sortie d’une action"
    ACCOMPAGNEMENT = "accompagnement", "Fin d’accompagnement"
    RSA = "rsa", "Sortie du RSA"


class ContratTravail(models.TextChoices):
    """The work contract an exit to employment leads to."""

    CDI = "cdi", "CDI"
    CDD = "cdd", "CDD"
    INTERIM = "interim", "Intérim"
    ALTERNANCE = "alternance", "Apprentissage ou professionnalisation"
    AIDE = "aide", "Contrat aidé"
    IAE = "iae", "CDD d’insertion (CDDI)"
    PUBLIC = "public", "Fonction publique"
    INDEPENDANT = "independant", "Activité indépendante"
    AUTRE = "autre", "Autre"


class ReferentielSortie(models.Model):
    """A version of the typology of exits, valid over a period (Essonne's fiche 3.7 plans that deliverable)."""

    code = models.SlugField("code", max_length=40)
    version = models.PositiveSmallIntegerField("version", default=1)
    intitule = models.CharField("intitulé", max_length=120)
    validite = DateRangeField("validité")
    duree_min_jours = models.PositiveSmallIntegerField("durée minimale pour qu’une sortie compte (jours)", default=0)
    source = models.CharField("source", max_length=200, blank=True)

    class Meta:
        verbose_name = "référentiel des sorties"
        verbose_name_plural = "référentiels des sorties"
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="referentiel_sortie_version")]

    def __str__(self) -> str:
        """Return title and version."""
        return f"{self.intitule} (version {self.version})"


class TypeSortie(models.Model):
    """A type of exit of a référentiel, with the family it counts in."""

    referentiel = models.ForeignKey(ReferentielSortie, on_delete=models.CASCADE, related_name="types")
    code = models.SlugField("code", max_length=40)
    libelle = models.CharField("libellé", max_length=120)
    categorie = models.CharField("famille", max_length=12, choices=CategorieSortie)
    emploi = models.BooleanField("compte comme un retour à l’emploi", default=False)
    ordre = models.PositiveSmallIntegerField("ordre", default=0)

    class Meta:
        verbose_name = "type de sortie"
        verbose_name_plural = "types de sortie"
        ordering = ["ordre", "id"]
        constraints = [models.UniqueConstraint(fields=["referentiel", "code"], name="type_sortie_unique")]

    def __str__(self) -> str:
        """Return the label."""
        return self.libelle


class Sortie(models.Model):
    """One exit. `date` is its last day.

    Of an accompaniment: `motif` says why, `referent` and `structure` who followed the person (and follows up after),
    `fermetures` what the end closed, so that an exit entered by mistake is undone: {"affectation": {"id", "fin"},
    "orientation": {"id", "fin"}}, `fin` being the ISO upper bound that was there (None: open).
    """

    personne = models.ForeignKey(Personne, on_delete=models.CASCADE, related_name="sorties")
    nature = models.CharField("nature", max_length=15, choices=NatureSortie)
    type = models.ForeignKey(TypeSortie, on_delete=models.PROTECT, related_name="sorties")
    date = models.DateField("date")
    prescription = models.OneToOneField(
        Prescription, on_delete=models.PROTECT, null=True, blank=True, related_name="sortie"
    )
    dossier = models.ForeignKey(DossierRSA, on_delete=models.PROTECT, null=True, blank=True, related_name="sorties")
    motif = models.ForeignKey(
        Motif, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="motif"
    )
    referent = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="sorties_suivies"
    )
    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    employeur = models.CharField("employeur ou organisme", max_length=150, blank=True)
    contrat_travail = models.CharField("contrat de travail", max_length=12, choices=ContratTravail, blank=True)
    commentaire = models.CharField("commentaire", max_length=250, blank=True)
    fermetures = models.JSONField("périodes fermées", default=dict, blank=True, editable=False)
    declaree_par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    saisi_le = models.DateTimeField("saisi le", db_default=Now(), editable=False)

    objects = SortieQuerySet.as_manager()

    class Meta:
        verbose_name = "sortie"
        ordering = ["-date", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(nature="action", prescription__isnull=False)
                | (~Q(nature="action") & Q(prescription__isnull=True)),
                name="sortie_action_sur_prescription",
                violation_error_message="Une sortie d’action se rattache à sa prescription.",
            ),
            models.CheckConstraint(
                condition=Q(nature="accompagnement", motif__isnull=False)
                | (~Q(nature="accompagnement") & Q(motif__isnull=True)),
                name="sortie_accompagnement_motivee",
                violation_error_message="La fin d’un accompagnement, et elle seule, porte un motif de la liste.",
            ),
            models.UniqueConstraint(
                fields=["personne", "nature", "date"],
                name="sortie_unique_par_jour",
                condition=~Q(nature="action"),
                violation_error_message="Cette sortie est déjà enregistrée à cette date.",
            ),
        ]
        indexes = [
            models.Index(fields=["personne", "-date"], name="sortie_personne"),
            models.Index(fields=["nature", "date"], name="sortie_nature_date"),
        ]

    def __str__(self) -> str:
        """Return the type."""
        return str(self.type)

    def get_absolute_url(self) -> str:
        """Return the page of the exit."""
        return reverse("parcours:sortie", args=[self.pk])


class PieceSortie(Piece):
    """The evidence of an exit: work contract, certificate, letter."""

    sortie = models.ForeignKey(Sortie, on_delete=models.CASCADE, related_name="pieces")

    class Meta(Piece.Meta):
        verbose_name = "justificatif de sortie"
        verbose_name_plural = "justificatifs de sortie"


class SituationSuivi(models.TextChoices):
    """Situation found at the follow-up."""

    EMPLOI = "emploi", "En emploi"
    FORMATION = "formation", "En formation"
    SANS_EMPLOI = "sans_emploi", "Sans emploi"
    AUTRE = "autre", "Autre situation"
    INJOIGNABLE = "injoignable", "Injoignable"


class SuiviPostSortie(models.Model):
    """Follow-up 1, 3, 6 or 12 months after an exit; `situation` empty until answered."""

    sortie = models.ForeignKey(Sortie, on_delete=models.CASCADE, related_name="suivis")
    mois = models.PositiveSmallIntegerField("mois après la sortie")
    du_le = models.DateField("à faire le")
    situation = models.CharField("situation", max_length=12, choices=SituationSuivi, blank=True)
    recueilli_le = models.DateField("recueilli le", null=True, blank=True)
    recueilli_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    commentaire = models.CharField("commentaire", max_length=250, blank=True)
    saisi_le = models.DateTimeField("saisi le", db_default=Now(), editable=False)

    objects = SuiviQuerySet.as_manager()

    class Meta:
        verbose_name = "suivi après sortie"
        verbose_name_plural = "suivis après sortie"
        ordering = ["du_le"]
        constraints = [
            models.UniqueConstraint(fields=["sortie", "mois"], name="suivi_unique"),
            models.CheckConstraint(condition=Q(mois__in=[1, 3, 6, 12]), name="suivi_mois_prevus"),
            models.CheckConstraint(
                condition=Q(situation="", recueilli_le__isnull=True)
                | (~Q(situation="") & Q(recueilli_le__isnull=False)),
                name="suivi_date_si_recueilli",
            ),
        ]
        indexes = [models.Index(fields=["du_le"], condition=Q(situation=""), name="suivi_a_faire")]

    def __str__(self) -> str:
        """Return « à n mois »."""
        return f"à {self.mois} mois"

    def get_absolute_url(self) -> str:
        """Return the screen where it is entered."""
        return reverse("parcours:suivi_sortie", args=[self.pk])


class PalierInsertion(models.Model):
    """Level of insertion before and after an action, 1 (far from employment) to 5 (in employment)."""

    prescription = models.OneToOneField(Prescription, on_delete=models.CASCADE, related_name="palier")
    avant = models.PositiveSmallIntegerField("palier à l’entrée")
    apres = models.PositiveSmallIntegerField("palier à la sortie", null=True, blank=True)

    class Meta:
        verbose_name = "palier d’insertion"
        verbose_name_plural = "paliers d’insertion"
        constraints = [
            models.CheckConstraint(
                condition=Q(avant__gte=1, avant__lte=5) & (Q(apres__isnull=True) | Q(apres__gte=1, apres__lte=5)),
                name="palier_1_a_5",
                violation_error_message="Les paliers vont de 1 à 5.",
            )
        ]

    def __str__(self) -> str:
        """Return « avant → après »."""
        return f"{self.avant} → {self.apres or '?'}"
