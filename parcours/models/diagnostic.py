"""The diagnosis: a configurable, versioned grid; its answers; the entry questionnaire."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from offre.models import Frein
from parcours.querysets import DiagnosticQuerySet

from .personne import Personne


class GrilleDiagnostic(models.Model):
    """One version of the grid, valid over a period."""

    code = models.SlugField("code", max_length=40)
    version = models.PositiveSmallIntegerField("version", default=1)
    intitule = models.CharField("intitulé", max_length=120)
    validite = DateRangeField("validité")

    class Meta:
        verbose_name = "grille de diagnostic"
        verbose_name_plural = "grilles de diagnostic"
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="grille_version_unique")]

    def __str__(self) -> str:
        """Return title and version."""
        return f"{self.intitule} (version {self.version})"


class ThemeDiagnostic(models.Model):
    """A theme of the grid; `restreint` for health and handicap; `entree` when the entry questionnaire asks it."""

    grille = models.ForeignKey(GrilleDiagnostic, on_delete=models.CASCADE, related_name="themes")
    code = models.SlugField("code", max_length=40)
    libelle = models.CharField("libellé", max_length=80)
    question = models.CharField("question posée", max_length=250, blank=True)
    restreint = models.BooleanField("thème restreint", default=False)
    entree = models.BooleanField("posée à l’entrée", default=False)
    ordre = models.PositiveSmallIntegerField("ordre", default=0)

    class Meta:
        verbose_name = "thème"
        ordering = ["ordre", "id"]
        constraints = [models.UniqueConstraint(fields=["grille", "code"], name="theme_code_unique")]

    def __str__(self) -> str:
        """Return the label."""
        return self.libelle


class SituationTheme(models.Model):
    """A possible answer of a theme. `niveau` 0 is a strength, 1 neutral, 2 and 3 an obstacle, 3 a blocking one.

    `code` is the value orientation rules read (« recente », « aucune_solution »…).
    """

    theme = models.ForeignKey(ThemeDiagnostic, on_delete=models.CASCADE, related_name="situations")
    code = models.SlugField("code", max_length=60)
    libelle = models.CharField("situation", max_length=200)
    niveau = models.PositiveSmallIntegerField("niveau", default=1)
    frein = models.ForeignKey(Frein, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ordre = models.PositiveSmallIntegerField("ordre", default=0)

    class Meta:
        verbose_name = "situation"
        ordering = ["ordre", "id"]
        constraints = [
            models.UniqueConstraint(fields=["theme", "code"], name="situation_code_unique"),
            models.CheckConstraint(condition=Q(niveau__lte=3), name="situation_niveau_0_a_3"),
        ]

    def __str__(self) -> str:
        """Return the label."""
        return self.libelle


class Diagnostic(models.Model):
    """A diagnosis of a person at a date; a draft until `termine_le`, one draft a person.

    `version` counts the saves: a save made on an older one is refused. Restricted answers (health) and free text are
    shown to those `droits.voit_sante` names, to nobody else.
    """

    personne = models.ForeignKey(Personne, on_delete=models.CASCADE, related_name="diagnostics")
    grille = models.ForeignKey(GrilleDiagnostic, on_delete=models.PROTECT, related_name="diagnostics")
    date = models.DateField("date", default=timezone.localdate)
    mene_par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    synthese = models.TextField("synthèse", blank=True)
    termine_le = models.DateTimeField("terminé le", null=True, blank=True)
    version = models.PositiveIntegerField("version", default=1, db_default=1, editable=False)
    modifie_le = models.DateTimeField("enregistré le", null=True, blank=True, editable=False)

    objects = DiagnosticQuerySet.as_manager()

    class Meta:
        verbose_name = "diagnostic"
        ordering = ["-date", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["personne"],
                condition=Q(termine_le__isnull=True),
                name="un_diagnostic_en_cours",
                violation_error_message="Un diagnostic est déjà en cours pour cette personne.",
            )
        ]
        indexes = [models.Index(fields=["personne", "-date"], name="diagnostic_personne")]

    def __str__(self) -> str:
        """Return the date."""
        return f"Diagnostic du {self.date:%d/%m/%Y}"

    def get_absolute_url(self) -> str:
        """Return the page of the diagnosis."""
        return reverse("parcours:diagnostic", args=[self.pk])


class ReponseDiagnostic(models.Model):
    """The situation retained for a theme."""

    diagnostic = models.ForeignKey(Diagnostic, on_delete=models.CASCADE, related_name="reponses")
    theme = models.ForeignKey(ThemeDiagnostic, on_delete=models.PROTECT, related_name="+")
    situation = models.ForeignKey(SituationTheme, on_delete=models.PROTECT, related_name="+")
    precision = models.CharField("précision", max_length=250, blank=True)

    class Meta:
        verbose_name = "réponse"
        constraints = [models.UniqueConstraint(fields=["diagnostic", "theme"], name="une_reponse_par_theme")]

    def __str__(self) -> str:
        """Return the situation."""
        return str(self.situation)
