"""Notices to a user: something happened that waits for them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from pdi.socle.querysets import AvisQuerySet


class Avis(models.Model):
    """One notice, shown under the bell until read. `url` is a path inside the application."""

    destinataire = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="avis")
    titre = models.CharField("titre", max_length=200)
    texte = models.TextField("texte", blank=True)
    url = models.CharField("adresse", max_length=300, blank=True)
    cree_le = models.DateTimeField("reçu le", default=timezone.now)
    lu_le = models.DateTimeField("lu le", null=True, blank=True)

    objects = AvisQuerySet.as_manager()

    class Meta:
        verbose_name = "avis"
        verbose_name_plural = "avis"
        ordering = ["-cree_le", "-id"]
        indexes = [
            models.Index(fields=["destinataire"], condition=Q(lu_le__isnull=True), name="avis_non_lus"),
            models.Index(fields=["destinataire", "-cree_le", "-id"], name="avis_par_date"),
        ]

    def __str__(self) -> str:
        """Return the title."""
        return self.titre
