"""The annual execution report: numbered versions with frozen content, publication, deliberation."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from actions.models import Programme
from gouvernance.querysets import RapportQuerySet, VersionQuerySet
from pdi.socle.models import Traitement


class RapportAnnuel(models.Model):
    """The report of one programme for one year. Source: CASF L263-1."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="rapports")
    annee = models.PositiveSmallIntegerField("exercice")
    cree_le = models.DateTimeField("créé le", default=timezone.now)

    objects = RapportQuerySet.as_manager()

    class Meta:
        verbose_name = "rapport annuel d’exécution"
        verbose_name_plural = "rapports annuels d’exécution"
        ordering = ["-annee"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "annee"],
                name="rapport_unique",
                violation_error_message="Un rapport existe déjà pour cet exercice.",
            )
        ]

    def __str__(self) -> str:
        """Return « Rapport année »."""
        return f"Rapport d’exécution {self.annee}"

    def get_absolute_url(self) -> str:
        """Return the page of the report."""
        return reverse("gouvernance:rapport", args=[self.programme.code, self.annee])


class EtatVersion(models.TextChoices):
    """Life of a version."""

    TRAVAIL = "travail", "De travail"
    PUBLIEE = "publiee", "Publiée"


class VersionRapport(models.Model):
    """One compiled version. `contenu` is frozen JSON (schema `schema_version`), `empreinte` its SHA-256.

    A trigger refuses any change of the content once written, and of anything once published.
    """

    rapport = models.ForeignKey(RapportAnnuel, on_delete=models.CASCADE, related_name="versions")
    numero = models.PositiveSmallIntegerField("version")
    etat = models.CharField("état", max_length=8, choices=EtatVersion, default=EtatVersion.TRAVAIL)
    intitule = models.CharField("vue en", max_length=120, blank=True)
    schema_version = models.PositiveSmallIntegerField("version du format")
    contenu = models.JSONField("contenu")
    empreinte = models.CharField("empreinte SHA-256", max_length=64)
    resume = models.JSONField("ce qui change", default=list)
    pdf = models.FileField("PDF", upload_to="rapports/", max_length=200)
    xlsx = models.FileField("classeur", upload_to="rapports/", max_length=200)
    pages = models.PositiveSmallIntegerField("pages du PDF")
    compilee_le = models.DateTimeField("compilée le", default=timezone.now)
    compilee_par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    traitement = models.ForeignKey(Traitement, on_delete=models.SET_NULL, null=True, related_name="+")
    publiee_le = models.DateTimeField("publiée le", null=True, blank=True)
    publiee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = "version du rapport"
        verbose_name_plural = "versions du rapport"
        ordering = ["-numero"]
        constraints = [
            models.UniqueConstraint(fields=["rapport", "numero"], name="version_numero_unique"),
            models.UniqueConstraint(
                fields=["rapport"],
                condition=Q(etat="publiee"),
                name="version_une_seule_publiee",
                violation_error_message="Une version de cet exercice est déjà publiée.",
            ),
            models.CheckConstraint(
                condition=Q(etat="publiee", publiee_le__isnull=False, publiee_par__isnull=False)
                | Q(etat="travail", publiee_le__isnull=True, publiee_par__isnull=True),
                name="version_publiee_date_et_auteur",
            ),
            models.CheckConstraint(condition=Q(empreinte__regex=r"^[0-9a-f]{64}$"), name="version_empreinte_sha256"),
        ]

    def __str__(self) -> str:
        """Return « version n »."""
        return f"version {self.numero}"

    def get_absolute_url(self) -> str:
        """Return the reading page of the version."""
        return reverse("gouvernance:version", args=[self.pk])


class Deliberation(models.Model):
    """The vote of the Assemblée on a published version. Source: CASF L263-1 (before 31 March)."""

    version = models.OneToOneField(VersionRapport, on_delete=models.PROTECT, related_name="deliberation")
    numero = models.CharField("numéro", max_length=60)
    date = models.DateField("date de la séance")
    rapporteur = models.CharField("rapporteur", max_length=120, blank=True)
    pour = models.PositiveSmallIntegerField("voix pour")
    contre = models.PositiveSmallIntegerField("voix contre", default=0)
    abstentions = models.PositiveSmallIntegerField("abstentions", default=0)
    enregistree_le = models.DateTimeField("enregistrée le", default=timezone.now)
    enregistree_par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    demonstration = models.BooleanField("donnée de démonstration", default=False)

    class Meta:
        verbose_name = "délibération"
        ordering = ["-date"]
        constraints = [
            models.UniqueConstraint(
                fields=["numero"],
                name="deliberation_numero_unique",
                violation_error_message="Ce numéro de délibération est déjà enregistré.",
            ),
            models.CheckConstraint(
                condition=~Q(numero=""),
                name="deliberation_numero_donne",
                violation_error_message="Le numéro de la délibération est obligatoire.",
            ),
        ]

    def __str__(self) -> str:
        """Return « n° numéro du date »."""
        return f"n° {self.numero}"
