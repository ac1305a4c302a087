"""Files joined to a meeting (what was shown, signed), to a decision (the evidence of it), to a file before an EP."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.urls import reverse

from pdi.socle.models import Piece

from .decision import Decision
from .ep import DossierEP
from .seance import Seance


class _PieceDe(Piece):
    """A file of governance. `genre`: its kind in addresses, and the field of what it is joined to."""

    genre: ClassVar[str]

    class Meta(Piece.Meta):
        abstract = True

    @property
    def porteur(self) -> Any:
        """Return what it is joined to."""
        return getattr(self, self.genre)

    def get_absolute_url(self) -> str:
        """Return where it is downloaded."""
        return reverse("gouvernance:piece", args=[self.genre, self.pk])


class PieceSeance(_PieceDe):
    """A document of a meeting."""

    seance = models.ForeignKey(Seance, on_delete=models.CASCADE, related_name="pieces")
    genre = "seance"

    class Meta(Piece.Meta):
        verbose_name = "pièce d’une séance"
        verbose_name_plural = "pièces des séances"


class PieceDecision(_PieceDe):
    """The evidence of a decision."""

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="pieces")
    genre = "decision"

    class Meta(Piece.Meta):
        verbose_name = "pièce d’une décision"
        verbose_name_plural = "pièces des décisions"


class PieceDossierEP(_PieceDe):
    """A piece of the contradictory procedure: what the person sent, the acknowledgement of a letter, a certificate."""

    dossier = models.ForeignKey(DossierEP, on_delete=models.CASCADE, related_name="pieces")
    genre = "dossier"

    class Meta(Piece.Meta):
        verbose_name = "pièce d’un dossier EP"
        verbose_name_plural = "pièces des dossiers EP"
