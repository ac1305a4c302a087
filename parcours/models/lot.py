"""Bulk actions on people: the set is frozen when the preview is made, so that what is done is what was shown."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse

from parcours.querysets import LotQuerySet
from pdi.socle.models import Traitement


class GesteLot(models.TextChoices):
    """What is done to everybody of the lot."""

    DESIGNER = "designer", "Désigner un référent"
    TRANSFERER = "transferer", "Transférer à un autre référent"
    ORIENTER = "orienter", "Orienter ou réorienter"
    COURRIER = "courrier", "Préparer un courrier"


class Lot(models.Model):
    """One bulk action. `personnes` are the keys chosen, in no order; `filtre` says in words where they come from.

    `saisie` holds what the form was given, as posted; `rapport` what was done: {"faites": n, "ecartees":
    [[reason, n, [keys]]], "resume": [sentences]}. A lot belongs to its author and is done once.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    geste = models.CharField("geste", max_length=12, choices=GesteLot)
    auteur = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="lots")
    filtre = models.JSONField("filtre", default=list, blank=True)
    personnes = ArrayField(models.BigIntegerField(), verbose_name="personnes")
    origine = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    saisie = models.JSONField("saisie", default=dict, blank=True)
    rapport = models.JSONField("rapport", default=dict, blank=True)
    traitement = models.ForeignKey(Traitement, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    cree_le = models.DateTimeField("créé le", db_default=Now(), editable=False)
    execute_le = models.DateTimeField("exécuté le", null=True, blank=True)

    objects = LotQuerySet.as_manager()

    class Meta:
        verbose_name = "action groupée"
        verbose_name_plural = "actions groupées"
        ordering = ["-cree_le"]
        constraints = [
            models.CheckConstraint(
                condition=Q(execute_le__isnull=True) | ~Q(rapport={}), name="lot_execute_avec_rapport"
            )
        ]

    def __str__(self) -> str:
        """Return the act and how many people were chosen."""
        return f"{self.get_geste_display()} ({len(self.personnes)})"

    def get_absolute_url(self) -> str:
        """Return its page: the form, then the preview, then the report."""
        return reverse("parcours:lot", args=[self.pk])
