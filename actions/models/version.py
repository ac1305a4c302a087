"""Versions of a fiche: what it said, frozen in words, from a day on; and who signed the pact, with its proof."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse

from actions.querysets import VersionFicheQuerySet

from .fiche import FicheAction


class VersionFiche(models.Model):
    """What a fiche said from `effet` on, until the next version. `contenu`: {rubric: text}, see `actions/versions.py`.

    `origine`: what made it (« Document adopté », « Avenant n° 2 »), in words: the avenant is of a storey above.
    """

    fiche = models.ForeignKey(FicheAction, on_delete=models.CASCADE, related_name="versions")
    numero = models.PositiveSmallIntegerField("version")
    effet = models.DateField("en vigueur depuis le")
    origine = models.CharField("origine", max_length=250)
    contenu = models.JSONField("contenu")
    cree_le = models.DateTimeField("gardée le", db_default=Now(), editable=False)
    par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    demonstration = models.BooleanField("donnée de démonstration", default=False)

    objects = VersionFicheQuerySet.as_manager()

    class Meta:
        verbose_name = "version de la fiche"
        verbose_name_plural = "versions de la fiche"
        ordering = ["fiche_id", "-numero"]
        constraints = [
            models.UniqueConstraint(fields=["fiche", "numero"], name="version_fiche_numero_unique"),
            models.CheckConstraint(condition=Q(numero__gte=1), name="version_fiche_numero_positif"),
            models.CheckConstraint(condition=~Q(origine=""), name="version_fiche_origine_dite"),
        ]

    def __str__(self) -> str:
        """Return « version n »."""
        return f"version {self.numero}"

    def get_absolute_url(self) -> str:
        """Return the page that shows it."""
        return f"{reverse('actions:fiche_versions', args=[self.fiche_id])}?apres={self.numero}"
