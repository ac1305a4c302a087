"""Meetings: agenda, convocations, attendance."""

from __future__ import annotations

import operator
from functools import reduce

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from actions.models import Bilan, Campagne, FicheAction
from gouvernance.querysets import SeanceQuerySet
from offre.models import Convention, OffreInsertion
from pdi.socle.models import LigneEtat

from .avenant import Avenant
from .instance import Instance, Membre
from .rapport import RapportAnnuel


class EtatSeance(models.TextChoices):
    """Life of a meeting."""

    PREPAREE = "preparee", "En préparation"
    CONVOQUEE = "convoquee", "Convoquée"
    OUVERTE = "ouverte", "Ouverte"
    TENUE = "tenue", "Tenue"
    REPORTEE = "reportee", "Reportée"
    ANNULEE = "annulee", "Annulée"


class Seance(models.Model):
    """One meeting. `quorum`: the body's, kept as it was when the meeting was convened."""

    instance = models.ForeignKey(Instance, on_delete=models.PROTECT, related_name="seances")
    debut = models.DateTimeField("début")
    fin = models.DateTimeField("fin", null=True, blank=True)
    objet = models.CharField("objet", max_length=200, blank=True)
    lieu = models.CharField("lieu", max_length=200, blank=True)
    lien = models.URLField("lien de visioconférence", max_length=300, blank=True)
    etat = models.CharField("état", max_length=9, choices=EtatSeance, default=EtatSeance.PREPAREE)
    quorum = models.PositiveSmallIntegerField("quorum", null=True, blank=True)
    motif = models.CharField("motif du report ou de l’annulation", max_length=250, blank=True)
    reportee_a = models.OneToOneField(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="remplace", verbose_name="reportée à"
    )
    convoquee_le = models.DateTimeField("convoquée le", null=True, blank=True)
    ouverte_le = models.DateTimeField("ouverte le", null=True, blank=True)
    close_le = models.DateTimeField("close le", null=True, blank=True)
    version = models.PositiveIntegerField("version", default=1)
    demonstration = models.BooleanField("donnée de démonstration", default=False)
    saisi_le = models.DateTimeField("saisi le", db_default=Now(), editable=False)

    objects = SeanceQuerySet.as_manager()

    class Meta:
        verbose_name = "séance"
        ordering = ["-debut", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(fin__isnull=True) | Q(fin__gt=F("debut")),
                name="seance_heures_dans_l_ordre",
                violation_error_message="La séance finit avant de commencer.",
            ),
            models.CheckConstraint(
                condition=~Q(etat__in=["reportee", "annulee"]) | ~Q(motif=""),
                name="seance_report_motive",
                violation_error_message="Un report ou une annulation se motive.",
            ),
            models.CheckConstraint(condition=~Q(etat="tenue") | Q(close_le__isnull=False), name="seance_tenue_close"),
            models.CheckConstraint(
                condition=~Q(etat="ouverte") | Q(ouverte_le__isnull=False), name="seance_ouverte_datee"
            ),
        ]
        indexes = [models.Index(fields=["debut"], name="seance_debut")]

    def __str__(self) -> str:
        """Return what it is and the day."""
        return f"{self.titre}, {timezone.localtime(self.debut):%d/%m/%Y}"

    def get_absolute_url(self) -> str:
        """Return its page."""
        return reverse("gouvernance:seance", args=[self.pk])

    @property
    def titre(self) -> str:
        """Return its object, or its body with its territory: bodies of the same name meet on the same day."""
        return self.objet or str(self.instance)


class TransitionSeance(LigneEtat):
    """One change of state of a meeting."""

    seance = models.ForeignKey(Seance, on_delete=models.CASCADE, related_name="transitions")

    class Meta(LigneEtat.Meta):
        verbose_name = "changement d’état d’une séance"
        verbose_name_plural = "changements d’état des séances"


class EtatPoint(models.TextChoices):
    """Where the discussion of a point is."""

    A_VENIR = "a_venir", "À venir"
    EN_DISCUSSION = "en_discussion", "En discussion"
    TRAITE = "traite", "Traité"
    REPORTE = "reporte", "Reporté"


OBJETS_DU_POINT = ("fiche", "bilan", "campagne", "offre", "convention", "rapport", "proposition", "avenant")
_UN_SEUL_OBJET = reduce(
    operator.or_,
    (Q(**{f"{objet}__isnull": objet != choisi for objet in OBJETS_DU_POINT}) for choisi in OBJETS_DU_POINT),
)


class PointOrdreDuJour(models.Model):
    """A point of the agenda, about one thing at most. `raison`: why the software proposed it (empty: a free topic).

    `campagne`: the bilans of a year, all together.
    `autres_propositions`: those of other groups in the same words as `proposition`, answered with it.
    """

    seance = models.ForeignKey(Seance, on_delete=models.CASCADE, related_name="points")
    ordre = models.PositiveSmallIntegerField("ordre")
    titre = models.CharField("titre", max_length=250)
    texte = models.TextField("présentation", blank=True)
    duree_minutes = models.PositiveSmallIntegerField("durée (minutes)", null=True, blank=True)
    raison = models.CharField("pourquoi ce point", max_length=250, blank=True)
    etat = models.CharField("état", max_length=13, choices=EtatPoint, default=EtatPoint.A_VENIR)
    notes = models.TextField("notes", blank=True)
    version = models.PositiveIntegerField("version", default=1)
    fiche = models.ForeignKey(FicheAction, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    bilan = models.ForeignKey(Bilan, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    campagne = models.ForeignKey(Campagne, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    offre = models.ForeignKey(OffreInsertion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    convention = models.ForeignKey(Convention, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    rapport = models.ForeignKey(RapportAnnuel, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    proposition = models.ForeignKey(
        "gouvernance.Proposition", on_delete=models.PROTECT, null=True, blank=True, related_name="points"
    )
    avenant = models.ForeignKey(Avenant, on_delete=models.PROTECT, null=True, blank=True, related_name="points")
    autres_propositions = models.ManyToManyField(
        "gouvernance.Proposition", related_name="points_communs", blank=True, verbose_name="propositions de mêmes mots"
    )

    class Meta:
        verbose_name = "point de l’ordre du jour"
        verbose_name_plural = "points de l’ordre du jour"
        ordering = ["ordre", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["seance", "ordre"], name="point_ordre_unique", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(
                condition=Q(**{f"{objet}__isnull": True for objet in OBJETS_DU_POINT}) | _UN_SEUL_OBJET,
                name="point_un_seul_objet",
                violation_error_message="Un point porte sur un seul objet.",
            ),
        ]

    def __str__(self) -> str:
        """Return the title."""
        return self.titre


class EtatPresence(models.TextChoices):
    """Whether somebody came."""

    ATTENDU = "attendu", "Attendu"
    PRESENT = "present", "Présent"
    REPRESENTE = "represente", "Représenté"
    EXCUSE = "excuse", "Excusé"
    ABSENT = "absent", "Absent"


class Presence(models.Model):
    """A member at a meeting: what they answered to the convocation, whether they came."""

    seance = models.ForeignKey(Seance, on_delete=models.CASCADE, related_name="presences")
    membre = models.ForeignKey(Membre, on_delete=models.PROTECT, related_name="presences")
    etat = models.CharField("état", max_length=10, choices=EtatPresence, default=EtatPresence.ATTENDU)
    represente_par = models.CharField("représenté par", max_length=150, blank=True)
    reponse = models.CharField(
        "réponse à la convocation", max_length=7,
        choices=[("", "Sans réponse"), ("oui", "Viendra"), ("non", "Ne viendra pas"), ("pouvoir", "Donne pouvoir")],
        blank=True,
    )  # fmt: skip
    repondu_le = models.DateTimeField("a répondu le", null=True, blank=True)
    convoque_le = models.DateTimeField("convoqué le", null=True, blank=True)
    relance_le = models.DateTimeField("relancé le", null=True, blank=True)
    releve_le = models.DateTimeField("relevé envoyé le", null=True, blank=True)

    class Meta:
        verbose_name = "présence"
        ordering = ["membre"]
        constraints = [
            models.UniqueConstraint(fields=["seance", "membre"], name="presence_unique"),
        ]

    def __str__(self) -> str:
        """Return the state."""
        return self.get_etat_display()
