"""A session of an offer: dates, place, capacity. Enrolments of people are a storey above."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse

from offre.querysets import SessionQuerySet
from pdi.socle.models import LigneEtat
from pdi.structures.models import Structure

from .offre import LieuOffre, OffreInsertion, UniteCapacite


class EtatSession(models.TextChoices):
    """Life of a session. « En cours » and « terminée » are read from its dates."""

    PREPAREE = "preparee", "En préparation"
    OUVERTE = "ouverte", "Ouverte aux inscriptions"
    FERMEE = "fermee", "Inscriptions closes"
    ANNULEE = "annulee", "Annulée"


class Session(models.Model):
    """One session. `capacite` and `prises` count `unite`; `prises` moves under lock and never passes `capacite`.

    `delai_reponse_jours`: silence after which a proposed place is released (None: never). A session without an end
    is a permanent entry (« entrées et sorties permanentes »).
    """

    offre = models.ForeignKey(OffreInsertion, on_delete=models.PROTECT, related_name="sessions")
    operateur = models.ForeignKey(Structure, on_delete=models.PROTECT, null=True, blank=True, related_name="sessions")
    intitule = models.CharField("intitulé", max_length=150, blank=True)
    debut = models.DateField("début")
    fin = models.DateField("fin", null=True, blank=True)
    inscription_jusqu_au = models.DateField("inscriptions jusqu’au", null=True, blank=True)
    lieu = models.ForeignKey(LieuOffre, on_delete=models.SET_NULL, null=True, blank=True, related_name="sessions")
    horaires = models.CharField("horaires", max_length=200, blank=True)
    unite = models.CharField("unité", max_length=8, choices=UniteCapacite, default=UniteCapacite.PLACES)
    capacite = models.DecimalField("capacité", max_digits=10, decimal_places=1)
    prises = models.DecimalField("prises", max_digits=10, decimal_places=1, default=0)
    en_attente = models.PositiveIntegerField("en liste d’attente", default=0)
    delai_reponse_jours = models.PositiveSmallIntegerField("délai de réponse (jours)", null=True, blank=True, default=7)
    etat = models.CharField("état", max_length=10, choices=EtatSession, default=EtatSession.PREPAREE)
    motif_annulation = models.CharField("motif d’annulation", max_length=250, blank=True)
    demonstration = models.BooleanField("donnée de démonstration", default=False)
    saisi_le = models.DateTimeField("saisi le", db_default=Now(), editable=False)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = "session"
        ordering = ["debut", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(fin__isnull=True) | Q(fin__gte=F("debut")),
                name="session_dates_dans_l_ordre",
                violation_error_message="La session finit avant de commencer.",
            ),
            models.CheckConstraint(
                condition=Q(capacite__gt=0),
                name="session_capacite_positive",
                violation_error_message="La capacité est supérieure à zéro.",
            ),
            models.CheckConstraint(
                condition=Q(prises__gte=0) & Q(prises__lte=F("capacite")),
                name="session_non_depassee",
                violation_error_message="La session serait au-delà de sa capacité.",
            ),
            models.CheckConstraint(
                condition=~Q(etat="annulee") | ~Q(motif_annulation=""),
                name="session_annulation_motivee",
                violation_error_message="L’annulation d’une session se motive.",
            ),
        ]
        indexes = [
            models.Index(fields=["offre", "debut"], name="session_offre"),
            models.Index(fields=["debut"], condition=Q(etat="ouverte"), name="session_ouvertes"),
        ]

    def __str__(self) -> str:
        """Return the offer and the first day."""
        return self.intitule or f"Session du {self.debut:%d/%m/%Y}"

    def get_absolute_url(self) -> str:
        """Return the session's page."""
        return reverse("offre:session", args=[self.pk])

    @property
    def libres(self) -> Decimal:
        """Return what is left, whoever it is kept for."""
        return self.capacite - self.prises

    @property
    def une(self) -> str:
        """Return one of what it counts, a noun to agree: « place », « heure »."""
        return "heure" if self.unite == UniteCapacite.HEURES else "place"

    @property
    def une_libre(self) -> str:
        """Return one that is left."""
        return f"{self.une} libre"

    @property
    def une_prise(self) -> str:
        """Return one that is taken."""
        return f"{self.une} prise"


class QuotaSession(models.Model):
    """A share of a session kept for a public (30 of 290 for RSA recipients): at most `capacite` others get in.

    `public` is a code of `Public`; `prises` counts the enrolled of that public, under the session's lock.
    """

    class Public(models.TextChoices):
        """Whom a share may be kept for."""

        BRSA = "brsa", "Bénéficiaires du RSA"
        JEUNES = "jeunes", "Moins de 26 ans"
        FEMMES = "femmes", "Femmes"
        QPV = "qpv", "Habitants des quartiers prioritaires"
        RQTH = "rqth", "Travailleurs handicapés"

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="quotas")
    public = models.CharField("public", max_length=8, choices=Public)
    reservees = models.DecimalField("réservées", max_digits=10, decimal_places=1)
    prises = models.DecimalField("prises", max_digits=10, decimal_places=1, default=0)

    class Meta:
        verbose_name = "part réservée"
        verbose_name_plural = "parts réservées"
        ordering = ["public"]
        constraints = [
            models.UniqueConstraint(fields=["session", "public"], name="quota_session_unique"),
            models.CheckConstraint(
                condition=Q(reservees__gt=0, prises__gte=0),
                name="quota_session_positif",
                violation_error_message="Une part réservée est supérieure à zéro.",
            ),
        ]

    def __str__(self) -> str:
        """Return the public."""
        return self.get_public_display()


class TransitionSession(LigneEtat):
    """One change of state of a session."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="transitions")

    class Meta(LigneEtat.Meta):
        verbose_name = "changement d’état d’une session"
        verbose_name_plural = "changements d’état des sessions"
