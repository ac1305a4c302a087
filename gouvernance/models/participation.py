"""Participation: training of members, proposals of groups and of territorial dialogues, followed to their outcome."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse

from actions.models import FicheAction
from gouvernance.querysets_participation import FormationQuerySet, PropositionQuerySet
from pdi.socle.models import LigneEtat

from .decision import Decision
from .dialogue import DialogueTerritorial
from .instance import Instance, Membre
from .seance import Seance


class ThemeFormation(models.TextChoices):
    """What members are trained in. Source: Essonne, fiche « Participation » (digital tools, speaking, rights)."""

    NUMERIQUE = "numerique", "Usage du numérique"
    EXPRESSION = "expression", "Prise de parole"
    DROITS = "droits", "Droits et dispositifs"
    INSTITUTIONS = "institutions", "Fonctionnement des institutions"
    EP = "ep", "Rôle dans les équipes pluridisciplinaires"
    AUTRE = "autre", "Autre"


class FormationMembres(models.Model):
    """A training given to members of a body on `jour`."""

    instance = models.ForeignKey(Instance, on_delete=models.PROTECT, related_name="formations")
    intitule = models.CharField("intitulé", max_length=200)
    theme = models.CharField("thème", max_length=12, choices=ThemeFormation, default=ThemeFormation.AUTRE)
    jour = models.DateField("jour")
    heures = models.DecimalField("durée (heures)", max_digits=5, decimal_places=1, null=True, blank=True)
    organisme = models.CharField("formateur", max_length=150, blank=True)
    participants = models.ManyToManyField(Membre, blank=True, related_name="formations", verbose_name="membres formés")
    version = models.PositiveIntegerField("version", default=1)
    demonstration = models.BooleanField("donnée de démonstration", default=False)

    objects = FormationQuerySet.as_manager()

    class Meta:
        verbose_name = "formation de membres"
        verbose_name_plural = "formations de membres"
        ordering = ["-jour", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(heures__isnull=True) | Q(heures__gt=0),
                name="formation_duree_positive",
                violation_error_message="Une formation dure plus de zéro heure.",
            ),
        ]

    def __str__(self) -> str:
        """Return the title and the day."""
        return f"{self.intitule}, {self.jour:%d/%m/%Y}"


class EtatProposition(models.TextChoices):
    """What becomes of a proposal."""

    DEPOSEE = "deposee", "Déposée"
    EXAMINEE = "examinee", "Examinée"
    RETENUE = "retenue", "Retenue"
    ECARTEE = "ecartee", "Écartée"
    REALISEE = "realisee", "Mise en œuvre"


class Proposition(models.Model):
    """What a group, or a territorial dialogue, proposes. `numero` runs within its body and year.

    It goes up by the points of agenda that name it (comité technique, then comité de pilotage). `suite` is the outcome
    in words, for the group: the motive when it is set aside, what was done when it is carried out.
    """

    instance = models.ForeignKey(Instance, on_delete=models.PROTECT, related_name="propositions")
    dialogue = models.ForeignKey(
        DialogueTerritorial, on_delete=models.PROTECT, null=True, blank=True, related_name="propositions"
    )
    seance = models.ForeignKey(
        Seance, on_delete=models.SET_NULL, null=True, blank=True, related_name="propositions", verbose_name="séance"
    )
    numero = models.PositiveSmallIntegerField("numéro")
    deposee_le = models.DateField("déposée le")
    titre = models.CharField("proposition", max_length=200)
    texte = models.TextField("explication", blank=True)
    etat = models.CharField("état", max_length=8, choices=EtatProposition, default=EtatProposition.DEPOSEE)
    suite = models.TextField("suite donnée", blank=True)
    decision = models.ForeignKey(
        Decision, on_delete=models.SET_NULL, null=True, blank=True, related_name="propositions",
        verbose_name="décision qui la reprend",
    )  # fmt: skip
    fiche = models.ForeignKey(
        FicheAction, on_delete=models.SET_NULL, null=True, blank=True, related_name="propositions",
        verbose_name="fiche-action qui la reprend",
    )  # fmt: skip
    version = models.PositiveIntegerField("version", default=1)
    demonstration = models.BooleanField("donnée de démonstration", default=False)
    saisi_le = models.DateTimeField("saisi le", db_default=Now(), editable=False)

    objects = PropositionQuerySet.as_manager()

    class Meta:
        verbose_name = "proposition"
        ordering = ["-deposee_le", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(etat__in=["ecartee", "realisee"]) | ~Q(suite=""),
                name="proposition_suite_dite",
                violation_error_message="Dites au groupe pourquoi elle est écartée, ou ce qui a été fait.",
            ),
        ]
        indexes = [models.Index(fields=["etat"], name="proposition_etat")]

    def __str__(self) -> str:
        """Return the title."""
        return self.titre

    def get_absolute_url(self) -> str:
        """Return its page."""
        return reverse("gouvernance:proposition", args=[self.pk])


class TransitionProposition(LigneEtat):
    """One change of state of a proposal."""

    proposition = models.ForeignKey(Proposition, on_delete=models.CASCADE, related_name="transitions")

    class Meta(LigneEtat.Meta):
        verbose_name = "changement d’état d’une proposition"
        verbose_name_plural = "changements d’état des propositions"
