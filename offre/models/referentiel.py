"""Obstacles to insertion: what offers target and what diagnoses find."""

from __future__ import annotations

from django.db import models


class Frein(models.Model):
    """An obstacle to insertion, structured so that no prose about health or family is needed."""

    code = models.SlugField("code", max_length=40, unique=True)
    libelle = models.CharField("libellé", max_length=80)
    restreint = models.BooleanField("donnée sensible (santé, handicap)", default=False)
    ordre = models.PositiveSmallIntegerField("ordre", default=0)

    class Meta:
        verbose_name = "frein"
        ordering = ["ordre", "libelle"]

    def __str__(self) -> str:
        """Return the label."""
        return self.libelle
