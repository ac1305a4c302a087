"""Territorial dialogues: one per action territory and year, with the sheet that prepares it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from gouvernance.querysets_participation import DialogueQuerySet
from pdi.territoires.models import TerritoireAction

from .instance import Instance
from .seance import Seance


class DialogueTerritorial(models.Model):
    """What one territory and the département tell each other in a year, at one meeting.

    `contenu`: the preparation sheet as it was generated, small cells already masked (gouvernance/preparation).
    """

    territoire = models.ForeignKey(TerritoireAction, on_delete=models.PROTECT, related_name="dialogues")
    annee = models.PositiveSmallIntegerField("année")
    instance = models.ForeignKey(Instance, on_delete=models.PROTECT, related_name="dialogues")
    seance = models.OneToOneField(
        Seance, on_delete=models.SET_NULL, null=True, blank=True, related_name="dialogue", verbose_name="séance"
    )
    contenu = models.JSONField("fiche de préparation", null=True, blank=True)
    preparee_le = models.DateTimeField("préparée le", null=True, blank=True)
    preparee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    demonstration = models.BooleanField("donnée de démonstration", default=False)

    objects = DialogueQuerySet.as_manager()

    class Meta:
        verbose_name = "dialogue territorial"
        verbose_name_plural = "dialogues territoriaux"
        ordering = ["-annee", "territoire__nom", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["territoire", "annee"],
                name="dialogue_un_par_an",
                violation_error_message="Le dialogue de ce territoire existe déjà pour cette année.",
            ),
            models.CheckConstraint(
                condition=Q(annee__gte=2000, annee__lte=2100),
                name="dialogue_annee_plausible",
                violation_error_message="L’année d’un dialogue est entre 2000 et 2100.",
            ),
            models.CheckConstraint(
                condition=Q(contenu__isnull=True, preparee_le__isnull=True)
                | Q(contenu__isnull=False, preparee_le__isnull=False),
                name="dialogue_fiche_datee",
            ),
        ]

    def __str__(self) -> str:
        """Return « Dialogue territorial Nord-Est 2026 »."""
        return f"Dialogue territorial {self.territoire} {self.annee}"

    def get_absolute_url(self) -> str:
        """Return its page."""
        return reverse("gouvernance:dialogue", args=[self.pk])
