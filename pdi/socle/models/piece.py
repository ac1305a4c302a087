"""An attached file, whatever it is attached to."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone


def chemin_piece(_piece: Piece, nom: str) -> str:
    """Return an unguessable storage path that keeps only the extension."""
    extension = nom.rsplit(".", 1)[-1].lower()[:5] if "." in nom else "bin"
    return f"pieces/{uuid.uuid4().hex}.{extension}"


class Piece(models.Model):
    """A file attached to something; `taille` in bytes. Subclasses add the key of their object and serve the file.

    Written by `pdi.socle.pieces.garder_piece`, served by `pdi.socle.pieces.servir_piece` after a verdict.
    """

    fichier = models.FileField("fichier", upload_to=chemin_piece, max_length=120)
    nom = models.CharField("nom", max_length=150)
    type = models.CharField("type", max_length=5)
    taille = models.PositiveIntegerField("taille")
    deposee_par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    deposee_le = models.DateTimeField("déposée le", default=timezone.now)

    class Meta:
        abstract = True
        verbose_name = "pièce jointe"
        verbose_name_plural = "pièces jointes"
        ordering = ["-deposee_le", "-id"]

    def __str__(self) -> str:
        """Return the name."""
        return self.nom
