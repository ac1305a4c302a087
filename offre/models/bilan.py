"""The yearly statement of an operator, pre-filled from prescriptions, reviewed by the service."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from offre.querysets import BilanOperateurQuerySet
from pdi.socle.models import LigneEtat

from .convention import Convention


class CampagneOperateurs(models.Model):
    """The campaign of a year: when operators may write, and until when."""

    annee = models.PositiveSmallIntegerField("année", unique=True)
    ouverte_le = models.DateField("ouverte le")
    limite_saisie = models.DateField("à rendre avant le")
    limite_validation = models.DateField("à valider avant le")
    close_le = models.DateField("close le", null=True, blank=True)

    class Meta:
        verbose_name = "campagne des opérateurs"
        verbose_name_plural = "campagnes des opérateurs"
        ordering = ["-annee"]
        constraints = [
            models.CheckConstraint(
                condition=Q(limite_saisie__gte=F("ouverte_le")) & Q(limite_validation__gte=F("limite_saisie")),
                name="campagne_operateurs_dates",
                violation_error_message="Les dates de la campagne ne se suivent pas.",
            )
        ]

    def __str__(self) -> str:
        """Return the year."""
        return f"Campagne des opérateurs {self.annee}"


class EtatBilanOperateur(models.TextChoices):
    """Life of a statement."""

    A_RENSEIGNER = "a_renseigner", "À renseigner"
    SOUMIS = "soumis", "Soumis"
    A_CORRIGER = "a_corriger", "À corriger"
    VALIDE = "valide", "Validé"


class BilanOperateur(models.Model):
    """The statement of a convention for a year. `chiffres` are frozen when it is submitted; `explications` by line."""

    campagne = models.ForeignKey(CampagneOperateurs, on_delete=models.CASCADE, related_name="bilans")
    convention = models.ForeignKey(Convention, on_delete=models.PROTECT, related_name="bilans")
    etat = models.CharField("état", max_length=12, choices=EtatBilanOperateur, default=EtatBilanOperateur.A_RENSEIGNER)
    chiffres = models.JSONField("chiffres", default=list, blank=True)
    explications = models.JSONField("explications", default=dict, blank=True)
    realisations = models.TextField("ce qui a été fait", blank=True)
    difficultes = models.TextField("difficultés rencontrées", blank=True)
    perspectives = models.TextField("perspectives", blank=True)
    version = models.PositiveIntegerField("version", default=1)
    soumis_le = models.DateTimeField("soumis le", null=True, blank=True)
    soumis_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    relance_le = models.DateField("relancé le", null=True, blank=True, editable=False)
    motif_renvoi = models.TextField("motif du renvoi", blank=True)
    valide_le = models.DateTimeField("validé le", null=True, blank=True)
    valide_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = BilanOperateurQuerySet.as_manager()

    class Meta:
        verbose_name = "bilan d’opérateur"
        verbose_name_plural = "bilans d’opérateurs"
        ordering = ["convention_id"]
        constraints = [
            models.UniqueConstraint(fields=["campagne", "convention"], name="bilan_operateur_unique"),
            models.CheckConstraint(
                condition=~Q(etat__in=["soumis", "a_corriger", "valide"])
                | Q(soumis_le__isnull=False, soumis_par__isnull=False),
                name="bilan_operateur_soumis",
            ),
            models.CheckConstraint(
                condition=~Q(etat="a_corriger") | ~Q(motif_renvoi=""),
                name="bilan_operateur_renvoi_motive",
                violation_error_message="Le renvoi d’un bilan demande un commentaire.",
            ),
            models.CheckConstraint(
                condition=Q(etat="valide", valide_le__isnull=False, valide_par__isnull=False)
                | (~Q(etat="valide") & Q(valide_le__isnull=True, valide_par__isnull=True)),
                name="bilan_operateur_valide",
            ),
        ]

    def __str__(self) -> str:
        """Return the year and the convention."""
        return f"Bilan {self.campagne.annee} – {self.convention.numero}"

    def get_absolute_url(self) -> str:
        """Return its page."""
        return reverse("offre:bilan_operateur", args=[self.pk])


class TransitionBilanOperateur(LigneEtat):
    """One change of state of an operator's statement."""

    bilan = models.ForeignKey(BilanOperateur, on_delete=models.CASCADE, related_name="transitions")

    class Meta(LigneEtat.Meta):
        verbose_name = "changement d’état d’un bilan d’opérateur"
        verbose_name_plural = "changements d’état des bilans d’opérateurs"
