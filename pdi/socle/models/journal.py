"""Append-only journal of writes. A database trigger refuses UPDATE and DELETE."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils import timezone

from pdi.socle.querysets import JournalQuerySet


class EntreeJournal(models.Model):
    """One write: who, when, from which screen, on what, before and after (changed fields only)."""

    le = models.DateTimeField("le", default=timezone.now)
    par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ecran = models.CharField("écran", max_length=120, blank=True)
    verbe = models.CharField("opération", max_length=60)
    objet_type = models.CharField("type d’objet", max_length=60)
    objet_id = models.CharField("identifiant", max_length=40)
    objet_libelle = models.CharField("objet", max_length=250)
    avant = models.JSONField("avant", default=dict)
    apres = models.JSONField("après", default=dict)
    commentaire = models.TextField("commentaire", blank=True)

    objects = JournalQuerySet.as_manager()

    class Meta:
        verbose_name = "entrée du journal"
        verbose_name_plural = "entrées du journal"
        ordering = ["-le", "-id"]
        indexes = [
            models.Index(fields=["objet_type", "objet_id", "-le"], name="journal_objet"),
            models.Index(fields=["-le", "-id"], name="journal_date"),
        ]

    def __str__(self) -> str:
        """Return « verbe objet »."""
        return f"{self.verbe} – {self.objet_libelle}"

    @property
    def changements(self) -> list[tuple[str, Any, Any]]:
        """Return (field, before, after) for each field that the write touched, in the order it names them."""
        noms = [*self.avant, *(nom for nom in self.apres if nom not in self.avant)]
        return [(nom, self.avant.get(nom), self.apres.get(nom)) for nom in noms]

    @property
    def type_objet(self) -> str:
        """Return what kind of object it is, in French."""
        return nom_de_type(self.objet_type)


def nom_de_type(etiquette: str) -> str:
    """Return the French name of a model (« actions.ficheaction » gives « fiche-action »)."""
    try:
        return str(apps.get_model(etiquette)._meta.verbose_name)
    except (LookupError, ValueError):
        return etiquette
