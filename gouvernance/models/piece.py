"""Files joined to a meeting (what was shown, what was signed) and to a decision (the evidence of what was done)."""

from __future__ import annotations

from django.db import models
from django.urls import reverse

from pdi.socle.models import Piece

from .decision import Decision
from .seance import Seance


class PieceSeance(Piece):
    """A document of a meeting."""

    seance = models.ForeignKey(Seance, on_delete=models.CASCADE, related_name="pieces")
    genre = "seance"

    class Meta(Piece.Meta):
        verbose_name = "pièce d’une séance"
        verbose_name_plural = "pièces des séances"

    @property
    def porteur(self) -> Seance:
        """Return what it is joined to."""
        return self.seance

    def get_absolute_url(self) -> str:
        """Return where it is downloaded."""
        return reverse("gouvernance:piece", args=[self.genre, self.pk])


class PieceDecision(Piece):
    """The evidence of a decision."""

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="pieces")
    genre = "decision"

    class Meta(Piece.Meta):
        verbose_name = "pièce d’une décision"
        verbose_name_plural = "pièces des décisions"

    @property
    def porteur(self) -> Decision:
        """Return what it is joined to."""
        return self.decision

    def get_absolute_url(self) -> str:
        """Return where it is downloaded."""
        return reverse("gouvernance:piece", args=[self.genre, self.pk])
