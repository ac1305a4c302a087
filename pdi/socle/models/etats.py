"""The typed log line of a state machine."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone


class LigneEtat(models.Model):
    """One change of state: from, to, who, when, why. Append-only; subclasses add the key of their object."""

    de = models.CharField("de l’état", max_length=30, blank=True)
    vers = models.CharField("vers l’état", max_length=30)
    par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    le = models.DateTimeField("le", default=timezone.now)
    commentaire = models.TextField("commentaire", blank=True)

    class Meta:
        abstract = True
        ordering = ["-le", "-id"]

    def __str__(self) -> str:
        """Return « de → vers »."""
        return f"{self.de or 'création'} → {self.vers}"

    @property
    def jour(self) -> datetime.date:
        """Return the day it happened, on the local calendar (at 0:30 in Paris, UTC is still the day before)."""
        return timezone.localdate(self.le)
