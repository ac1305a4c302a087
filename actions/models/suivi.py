"""Dated notes and attachments of a fiche."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

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


def chemin_piece(_piece: PieceJointe, nom: str) -> str:
    """Return an unguessable storage path that keeps only the extension."""
    extension = nom.rsplit(".", 1)[-1].lower()[:5] if "." in nom else "bin"
    return f"pieces/{uuid.uuid4().hex}.{extension}"


class PieceJointe(models.Model):
    """A file attached to a fiche; `taille` in bytes. Served by a view that checks the fiche's verdict."""

    fiche = models.ForeignKey(FicheAction, on_delete=models.CASCADE, related_name="pieces")
    fichier = models.FileField("fichier", upload_to=chemin_piece, max_length=120)
    nom = models.CharField("nom", max_length=150)
    type = models.CharField("type", max_length=5)
    taille = models.PositiveIntegerField("taille")
    deposee_par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    deposee_le = models.DateTimeField("déposée le", default=timezone.now)

    class Meta:
        verbose_name = "pièce jointe"
        verbose_name_plural = "pièces jointes"
        ordering = ["-deposee_le", "-id"]

    def __str__(self) -> str:
        """Return the name."""
        return self.nom
