"""The alert of a kept search of the catalogue: a daily e-mail, only when new offers answer it."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from offre.querysets import AlerteQuerySet
from pdi.socle.models import FiltreEnregistre


class AlerteOffres(models.Model):
    """`vues_jusqu_au`: the offers published until then have been told."""

    recherche = models.OneToOneField(FiltreEnregistre, on_delete=models.CASCADE, related_name="alerte_offres")
    vues_jusqu_au = models.DateTimeField("offres vues jusqu’au", db_default=Now())
    dernier_envoi = models.DateTimeField("dernier envoi", null=True, blank=True)

    objects = AlerteQuerySet.as_manager()

    class Meta:
        verbose_name = "alerte du catalogue"
        verbose_name_plural = "alertes du catalogue"
        ordering = ["id"]

    def __str__(self) -> str:
        """Return the name of the search."""
        return str(self.recherche)
