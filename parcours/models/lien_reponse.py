"""Answering a prescription without an account: where an operator is written to, and the links it receives."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from pdi.structures.models import Structure

from .prescription import Prescription


class ReglageReponse(models.Model):
    """Where an operator wants the prescriptions addressed to it to be told, and whether a link lets it answer.

    Nothing is sent to an address that nobody chose: without a row, or inactive, no link leaves.
    """

    structure = models.OneToOneField(Structure, on_delete=models.CASCADE, related_name="reglage_reponse")
    courriel = models.EmailField("courriel", blank=True)
    actif = models.BooleanField("envoyer un lien pour répondre", default=False)
    modifie_le = models.DateTimeField("modifié le", default=timezone.now, editable=False)
    modifie_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "réglage des réponses par lien"
        verbose_name_plural = "réglages des réponses par lien"
        constraints = [
            models.CheckConstraint(
                condition=Q(actif=False) | ~Q(courriel=""),
                name="reglage_reponse_adresse",
                violation_error_message="Donnez l’adresse à laquelle envoyer les liens.",
            )
        ]

    def __str__(self) -> str:
        """Return the structure."""
        return f"Réponses par lien, {self.structure}"


class LienReponse(models.Model):
    """A link that answers one prescription, once, until `expire_le` included.

    The address carries `graine` and its signature: the row alone, read in a dump, opens nothing. `clos_le`: answered,
    replaced, or of no use any more.
    """

    prescription = models.ForeignKey(Prescription, on_delete=models.CASCADE, related_name="liens")
    graine = models.CharField("graine de l’adresse", max_length=43, unique=True, editable=False)
    courriel = models.EmailField("envoyé à")
    cree_le = models.DateTimeField("créé le", default=timezone.now, editable=False)
    expire_le = models.DateField("valable jusqu’au")
    clos_le = models.DateTimeField("clos le", null=True, blank=True)
    repondu = models.BooleanField("a servi à répondre", default=False)

    class Meta:
        verbose_name = "lien de réponse"
        verbose_name_plural = "liens de réponse"
        ordering = ["-cree_le", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["prescription"], condition=Q(clos_le__isnull=True), name="lien_reponse_ouvert_unique"
            ),
            models.CheckConstraint(
                condition=Q(repondu=False) | Q(clos_le__isnull=False), name="lien_reponse_sert_une_fois"
            ),
            models.CheckConstraint(
                condition=Q(clos_le__isnull=True) | Q(clos_le__gte=F("cree_le")), name="lien_reponse_clos_apres"
            ),
        ]

    def __str__(self) -> str:
        """Return its last day."""
        return f"Lien valable jusqu’au {self.expire_le:%d/%m/%Y}"
