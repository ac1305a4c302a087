"""Dated notes and attachments of a fiche."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from pdi.socle.models import Piece

from .fiche import FicheAction


class NoteFiche(models.Model):
    """A dated note written on a fiche."""

    fiche = models.ForeignKey(FicheAction, on_delete=models.CASCADE, related_name="notes")
    date = models.DateField("date", default=timezone.localdate)
    texte = models.TextField("texte")
    auteur = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    cree_le = models.DateTimeField("écrite le", default=timezone.now)

    class Meta:
        verbose_name = "note"
        ordering = ["-date", "-id"]

    def __str__(self) -> str:
        """Return the first words."""
        return self.texte[:60]


class PieceJointe(Piece):
    """A file attached to a fiche. Served by a view that checks the fiche's verdict."""

    fiche = models.ForeignKey(FicheAction, on_delete=models.CASCADE, related_name="pieces")
