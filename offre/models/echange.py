"""Exchanges with others: what a record was called where it came from, and the keys of the API."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from offre.querysets import JetonApiQuerySet
from pdi.structures.models import Structure

from .offre import OffreInsertion


class NatureReference(models.TextChoices):
    """What a record from elsewhere is about."""

    STRUCTURE = "structure", "Structure"
    SERVICE = "service", "Service"


class ReferenceExterne(models.Model):
    """The identifier of a structure or an offer at the producer it came from: importing it again finds it.

    `contenu` is the record as it was read, for what our sheets do not hold. `version_lue` is the version of the sheet
    that the import left: while it is still that one, nobody has changed it here. `creee` tells that the import made
    the object: it then goes out again under the identifier it came with.
    """

    nature = models.CharField("nature", max_length=10, choices=NatureReference)
    source = models.CharField("producteur", max_length=80)
    identifiant = models.CharField("identifiant", max_length=200)
    structure = models.ForeignKey(
        Structure, on_delete=models.CASCADE, null=True, blank=True, related_name="references_externes"
    )
    offre = models.OneToOneField(
        OffreInsertion, on_delete=models.CASCADE, null=True, blank=True, related_name="reference_externe"
    )
    contenu = models.JSONField("contenu", default=dict)
    version_lue = models.PositiveIntegerField("version à l’import", default=0)
    creee = models.BooleanField("créée par l’import", default=False)
    maj_le = models.DateField("mise à jour le", null=True, blank=True)
    lue_le = models.DateTimeField("lue le", db_default=Now())

    class Meta:
        verbose_name = "référence externe"
        verbose_name_plural = "références externes"
        ordering = ["source", "identifiant"]
        constraints = [
            models.UniqueConstraint(
                fields=["nature", "source", "identifiant"],
                name="reference_externe_unique",
                violation_error_message="Cet identifiant est déjà connu pour ce producteur.",
            ),
            models.CheckConstraint(
                condition=Q(nature="structure", structure__isnull=False, offre__isnull=True)
                | Q(nature="service", structure__isnull=True, offre__isnull=False),
                name="reference_externe_designe_un_objet",
            ),
        ]

    def __str__(self) -> str:
        """Return the identifier."""
        return self.identifiant


class JetonApi(models.Model):
    """A key to the API. Only `empreinte` (SHA-256) is kept: the key itself is shown once. `debut` recognises it."""

    nom = models.CharField("à qui il sert", max_length=100)
    debut = models.CharField("premiers signes", max_length=12, editable=False)
    empreinte = models.CharField(max_length=64, unique=True, editable=False)
    cree_le = models.DateTimeField("créé le", db_default=Now(), editable=False)
    cree_par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    expire_le = models.DateField("valable jusqu’au", null=True, blank=True)
    revoque_le = models.DateTimeField("révoqué le", null=True, blank=True)
    revoque_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    dernier_usage_le = models.DateTimeField("dernier usage", null=True, blank=True)

    objects = JetonApiQuerySet.as_manager()

    class Meta:
        verbose_name = "jeton d’API"
        verbose_name_plural = "jetons d’API"
        ordering = ["-cree_le", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(revoque_le__isnull=True, revoque_par__isnull=True)
                | Q(revoque_le__isnull=False, revoque_par__isnull=False),
                name="jeton_revoque_par_quelqu_un",
            ),
            models.CheckConstraint(
                condition=~Q(nom=""), name="jeton_nomme", violation_error_message="Dites à qui sert ce jeton."
            ),
        ]

    def __str__(self) -> str:
        """Return whom it serves."""
        return self.nom
