"""What an operator proposes to change on a published sheet: the published content stays until the service accepts."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse

from offre.querysets import PropositionQuerySet
from pdi.socle.models import LigneEtat

from .offre import OffreInsertion


class EtatProposition(models.TextChoices):
    """Life of a proposal."""

    REDACTION = "redaction", "En rédaction"
    SOUMISE = "soumise", "À relire"
    A_CORRIGER = "a_corriger", "À corriger"
    ACCEPTEE = "acceptee", "Acceptée"
    RETIREE = "retiree", "Retirée"


ETATS_OUVERTS = (EtatProposition.REDACTION, EtatProposition.SOUMISE, EtatProposition.A_CORRIGER)


class PropositionOffre(models.Model):
    """A change of a sheet, whole: `contenu` is what `offre.versions.contenu_de` gives, `avant` what it started from.

    At most one is open for a sheet.
    """

    offre = models.ForeignKey(OffreInsertion, on_delete=models.CASCADE, related_name="propositions")
    contenu = models.JSONField("contenu proposé")
    avant = models.JSONField("contenu de départ")
    etat = models.CharField("état", max_length=12, choices=EtatProposition, default=EtatProposition.REDACTION)
    motif_renvoi = models.TextField("motif du renvoi", blank=True)
    par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    cree_le = models.DateTimeField("commencée le", db_default=Now())
    soumise_le = models.DateTimeField("soumise le", null=True, blank=True)
    decidee_le = models.DateTimeField("décidée le", null=True, blank=True)
    decidee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    demonstration = models.BooleanField("donnée de démonstration", default=False)

    objects = PropositionQuerySet.as_manager()

    class Meta:
        verbose_name = "proposition de modification"
        verbose_name_plural = "propositions de modification"
        ordering = ["-cree_le", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["offre"],
                condition=Q(etat__in=["redaction", "soumise", "a_corriger"]),
                name="proposition_une_seule_ouverte",
                violation_error_message="Une modification de cette fiche est déjà en cours.",
            ),
            models.CheckConstraint(
                condition=~Q(etat__in=["soumise", "a_corriger", "acceptee"]) | Q(soumise_le__isnull=False),
                name="proposition_soumise_datee",
            ),
            models.CheckConstraint(
                condition=~Q(etat="a_corriger") | ~Q(motif_renvoi=""),
                name="proposition_renvoi_motive",
                violation_error_message="Un renvoi se motive.",
            ),
            models.CheckConstraint(
                condition=Q(etat="acceptee", decidee_le__isnull=False, decidee_par__isnull=False)
                | (~Q(etat="acceptee") & Q(decidee_le__isnull=True, decidee_par__isnull=True)),
                name="proposition_acceptee_signee",
            ),
        ]

    def __str__(self) -> str:
        """Return what it changes."""
        return f"Modification de l’offre {self.offre}"

    def get_absolute_url(self) -> str:
        """Return its page."""
        return reverse("offre:proposition", args=[self.pk])


class TransitionProposition(LigneEtat):
    """One change of state of a proposal."""

    proposition = models.ForeignKey(PropositionOffre, on_delete=models.CASCADE, related_name="transitions")

    class Meta(LigneEtat.Meta):
        verbose_name = "changement d’état d’une proposition"
        verbose_name_plural = "changements d’état des propositions"
