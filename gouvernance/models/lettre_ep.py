"""Letters of the procedure of équipes pluridisciplinaires: their dated models, and each letter as it was written."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone

from .ep import DossierEP


class GenreLettre(models.TextChoices):
    """The letters of the procedure."""

    INTENTION = "intention", "Notification de l’intention"
    INVITATION = "invitation", "Invitation à être entendu"
    DECISION = "decision", "Notification de la décision"


class ModeleLettreEP(models.Model):
    """A version of the words of a letter, valid over `validite`. Merge fields: see regles.lettres_ep.CHAMPS.

    `corps` holds one paragraph a line, « - » opens a list item; a paragraph whose field is empty is left out.
    """

    genre = models.CharField("lettre", max_length=10, choices=GenreLettre)
    version = models.PositiveSmallIntegerField("version", default=1)
    objet = models.CharField("objet", max_length=150)
    corps = models.TextField("texte")
    validite = DateRangeField("validité")
    par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    cree_le = models.DateTimeField("écrit le", default=timezone.now)

    class Meta:
        verbose_name = "modèle de lettre d’équipe pluridisciplinaire"
        verbose_name_plural = "modèles de lettres d’équipe pluridisciplinaire"
        ordering = ["genre", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["genre", "version"], name="modele_lettre_ep_version_unique"),
            ExclusionConstraint(
                name="un_modele_lettre_ep_a_une_date",
                expressions=[("genre", RangeOperators.EQUAL), ("validite", RangeOperators.OVERLAPS)],
                violation_error_message="Une autre version de cette lettre couvre déjà une partie de cette période.",
            ),
        ]

    def __str__(self) -> str:
        """Return the letter and the version."""
        return f"{self.get_genre_display()}, version {self.version}"

    def get_absolute_url(self) -> str:
        """Return its page."""
        return reverse("gouvernance:ep_modele", args=[self.pk])

    def a_venir(self, jour: datetime.date) -> bool:
        """Return whether it does not apply yet."""
        return self.validite.lower is not None and self.validite.lower > jour

    def en_vigueur(self, jour: datetime.date) -> bool:
        """Return whether letters of that day use it."""
        return not self.a_venir(jour) and (self.validite.upper is None or self.validite.upper > jour)

    def clean(self) -> None:
        """Refuse an unknown field, naming the nearest one, and a letter that leaves out what the law wants said."""
        from gouvernance.regles.lettres_ep import fautes_du_texte  # noqa: PLC0415 - the rules read these models

        if fautes := fautes_du_texte(self.genre, self.objet, self.corps):
            raise ValidationError({"corps": fautes})


class LettreEP(models.Model):
    """A letter as it was written: `contenu` is frozen, the PDF is printed from it alone. `modele`: its words."""

    dossier = models.ForeignKey(DossierEP, on_delete=models.CASCADE, related_name="lettres")
    genre = models.CharField("genre", max_length=10, choices=GenreLettre)
    modele = models.ForeignKey(ModeleLettreEP, on_delete=models.PROTECT, null=True, related_name="lettres")
    contenu = models.JSONField("contenu")
    par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    le = models.DateTimeField("écrite le", default=timezone.now)

    class Meta:
        verbose_name = "lettre d’un dossier EP"
        verbose_name_plural = "lettres des dossiers EP"
        ordering = ["-le", "-id"]

    def __str__(self) -> str:
        """Return its genre."""
        return self.get_genre_display()
