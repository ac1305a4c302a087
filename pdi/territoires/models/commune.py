"""Official geography (COG): départements, EPCI, communes."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Departement(models.Model):
    """A département, by its INSEE code."""

    code = models.CharField("code", max_length=3, primary_key=True)
    nom = models.CharField("nom", max_length=60)

    class Meta:
        verbose_name = "département"
        ordering = ["code"]

    def __str__(self) -> str:
        """Return the name."""
        return self.nom


class Epci(models.Model):
    """An intercommunalité, by its SIREN."""

    code = models.CharField("SIREN", max_length=9, primary_key=True)
    nom = models.CharField("nom", max_length=150)
    nature = models.CharField("nature", max_length=10, blank=True)

    class Meta:
        verbose_name = "EPCI"
        verbose_name_plural = "EPCI"
        ordering = ["nom"]

    def __str__(self) -> str:
        """Return the name."""
        return self.nom


class Commune(models.Model):
    """A commune, by its INSEE code. `population` in inhabitants, None when unknown."""

    code = models.CharField("code INSEE", max_length=5, primary_key=True)
    nom = models.CharField("nom", max_length=80)
    departement = models.ForeignKey(Departement, on_delete=models.PROTECT, related_name="communes")
    epci = models.ForeignKey(Epci, on_delete=models.PROTECT, null=True, blank=True, related_name="communes")
    codes_postaux = ArrayField(models.CharField(max_length=5), default=list, blank=True)
    population = models.PositiveIntegerField("population", null=True, blank=True)

    class Meta:
        verbose_name = "commune"
        ordering = ["nom", "code"]

    def __str__(self) -> str:
        """Return the name."""
        return self.nom
