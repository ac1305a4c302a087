"""Decisions of meetings, followed until they are carried out."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse

from gouvernance.querysets import DecisionQuerySet
from pdi.socle.models import LigneEtat
from pdi.structures.models import Structure

from .seance import PointOrdreDuJour, Seance


class TypeDecision(models.TextChoices):
    """What a decision is."""

    AVIS = "avis", "Avis"
    PROPOSITION = "proposition", "Proposition"
    VALIDATION = "validation", "Validation"
    AJUSTEMENT = "ajustement", "Ajustement"


class EtatDecision(models.TextChoices):
    """How far it is carried out. « En retard » is read from its deadline."""

    A_FAIRE = "a_faire", "À faire"
    EN_COURS = "en_cours", "En cours"
    FAITE = "faite", "Faite"
    REPORTEE = "reportee", "Reportée"
    ABANDONNEE = "abandonnee", "Abandonnée"


class Decision(models.Model):
    """One decision. `numero` runs within its meeting. `cle`: of the entry, so that one sent twice is written once."""

    seance = models.ForeignKey(Seance, on_delete=models.PROTECT, related_name="decisions")
    point = models.ForeignKey(
        PointOrdreDuJour, on_delete=models.SET_NULL, null=True, blank=True, related_name="decisions"
    )
    numero = models.PositiveSmallIntegerField("numéro")
    texte = models.TextField("décision")
    type = models.CharField("type", max_length=11, choices=TypeDecision, default=TypeDecision.VALIDATION)
    pour = models.PositiveSmallIntegerField("pour", null=True, blank=True)
    contre = models.PositiveSmallIntegerField("contre", null=True, blank=True)
    abstentions = models.PositiveSmallIntegerField("abstentions", null=True, blank=True)
    unanimite = models.BooleanField("à l’unanimité", default=False)
    responsable = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="decisions_a_tenir"
    )
    structure = models.ForeignKey(
        Structure, on_delete=models.PROTECT, null=True, blank=True, related_name="decisions", verbose_name="service"
    )
    echeance = models.DateField("pour le", null=True, blank=True)
    etat = models.CharField("état", max_length=10, choices=EtatDecision, default=EtatDecision.A_FAIRE)
    preuve = models.TextField("ce qui a été fait", blank=True)
    cle = models.UUIDField("clé de saisie", null=True, blank=True, unique=True, editable=False)
    rappelee_le = models.DateField("rappelée le", null=True, blank=True, editable=False)
    version = models.PositiveIntegerField("version", default=1)
    demonstration = models.BooleanField("donnée de démonstration", default=False)
    saisi_le = models.DateTimeField("saisi le", db_default=Now(), editable=False)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = "décision"
        ordering = ["seance", "numero"]
        constraints = [
            models.UniqueConstraint(fields=["seance", "numero"], name="decision_numero_unique"),
            models.CheckConstraint(
                condition=~Q(etat="faite") | ~Q(preuve=""),
                name="decision_faite_prouvee",
                violation_error_message="Dites ce qui a été fait.",
            ),
            models.CheckConstraint(
                condition=Q(unanimite=False) | Q(contre__isnull=True) | Q(contre=0),
                name="decision_unanime_sans_contre",
                violation_error_message="Une décision unanime n’a pas de voix contre.",
            ),
        ]
        indexes = [
            models.Index(
                fields=["echeance"], condition=Q(etat__in=["a_faire", "en_cours", "reportee"]), name="decision_ouvertes"
            )
        ]

    def __str__(self) -> str:
        """Return « D3 »."""
        return f"D{self.numero}"

    def get_absolute_url(self) -> str:
        """Return its page."""
        return reverse("gouvernance:decision", args=[self.pk])


class TransitionDecision(LigneEtat):
    """One change of state of a decision."""

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="transitions")

    class Meta(LigneEtat.Meta):
        verbose_name = "changement d’état d’une décision"
        verbose_name_plural = "changements d’état des décisions"
