"""Enrolments of people in the sessions of the catalogue, waiting list included."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse

from offre.models import QuotaSession, Session
from parcours.querysets import InscriptionQuerySet
from pdi.socle.models import LigneEtat

from .personne import Personne
from .prescription import Prescription


class EtatInscription(models.TextChoices):
    """Life of an enrolment."""

    EN_ATTENTE = "en_attente", "En liste d’attente"
    PROPOSEE = "proposee", "Place proposée"
    CONFIRMEE = "confirmee", "Inscrite"
    PRESENTE = "presente", "Entrée dans la session"
    ABSENTE = "absente", "Absente au démarrage"
    LIBEREE = "liberee", "Place libérée faute de réponse"
    ANNULEE = "annulee", "Annulée"


# States that hold their place: the sum of their quantities is the session's `prises`.
TENANT_LA_PLACE = (EtatInscription.PROPOSEE, EtatInscription.CONFIRMEE, EtatInscription.PRESENTE)
ACTIVES = (EtatInscription.EN_ATTENTE, *TENANT_LA_PLACE)


class Inscription(models.Model):
    """One person in one session. `quantite` counts the session's unit: one place, or the hours kept for the person.

    `rang` orders the waiting list (smallest first) and never changes by itself. `publics` are the codes of the shares
    the person counts in, as of the request. `repondre_avant`: last day to take a proposed place.
    """

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="inscriptions")
    personne = models.ForeignKey(Personne, on_delete=models.CASCADE, related_name="inscriptions")
    prescription = models.ForeignKey(
        Prescription, on_delete=models.PROTECT, null=True, blank=True, related_name="inscriptions"
    )
    etat = models.CharField("état", max_length=12, choices=EtatInscription)
    rang = models.PositiveIntegerField("rang")
    quantite = models.DecimalField("quantité", max_digits=8, decimal_places=1, default=1)
    publics = ArrayField(
        models.CharField(max_length=8, choices=QuotaSession.Public), default=list, blank=True, editable=False
    )
    demandee_le = models.DateField("demandée le")
    proposee_le = models.DateField("place proposée le", null=True, blank=True)
    repondre_avant = models.DateField("répondre avant le", null=True, blank=True)
    confirmee_le = models.DateField("inscrite le", null=True, blank=True)
    entree_le = models.DateField("entrée le", null=True, blank=True)
    fin_le = models.DateField("place rendue le", null=True, blank=True)
    motif = models.CharField("motif", max_length=250, blank=True)
    saisi_le = models.DateTimeField("saisi le", db_default=Now(), editable=False)

    objects = InscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = "inscription"
        ordering = ["rang", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "personne"],
                condition=Q(etat__in=ACTIVES),
                name="inscription_active_unique",
                violation_error_message="Cette personne est déjà inscrite, ou en attente, dans cette session.",
            ),
            models.UniqueConstraint(fields=["session", "rang"], name="inscription_rang_unique"),
            models.CheckConstraint(
                condition=Q(quantite__gt=0),
                name="inscription_quantite_positive",
                violation_error_message="La quantité est supérieure à zéro.",
            ),
            models.CheckConstraint(
                condition=~Q(etat="proposee") | Q(proposee_le__isnull=False), name="inscription_proposee_datee"
            ),
            models.CheckConstraint(
                condition=~Q(etat="confirmee") | Q(confirmee_le__isnull=False), name="inscription_confirmee_datee"
            ),
            models.CheckConstraint(
                condition=~Q(etat="presente") | Q(entree_le__isnull=False), name="inscription_entree_datee"
            ),
            models.CheckConstraint(
                condition=Q(etat__in=["absente", "liberee", "annulee"], fin_le__isnull=False)
                | (~Q(etat__in=["absente", "liberee", "annulee"]) & Q(fin_le__isnull=True)),
                name="inscription_fin_datee",
            ),
            models.CheckConstraint(
                condition=~Q(etat="annulee") | ~Q(motif=""),
                name="inscription_annulation_motivee",
                violation_error_message="L’annulation d’une inscription se motive.",
            ),
        ]
        indexes = [
            models.Index(fields=["personne"], name="inscription_personne"),
            models.Index(fields=["session", "rang"], condition=Q(etat="en_attente"), name="inscription_attente"),
            models.Index(fields=["repondre_avant"], condition=Q(etat="proposee"), name="inscription_sans_reponse"),
        ]

    def __str__(self) -> str:
        """Return the state."""
        return self.get_etat_display()

    def get_absolute_url(self) -> str:
        """Return where it stands among the others."""
        return reverse("parcours:session_inscrits", args=[self.session_id])


class TransitionInscription(LigneEtat):
    """One change of state of an enrolment."""

    inscription = models.ForeignKey(Inscription, on_delete=models.CASCADE, related_name="transitions")

    class Meta(LigneEtat.Meta):
        verbose_name = "changement d’état d’une inscription"
        verbose_name_plural = "changements d’état des inscriptions"


class HeuresConsommees(models.Model):
    """Hours used on a day by one enrolment, in a session that counts hours."""

    inscription = models.ForeignKey(Inscription, on_delete=models.CASCADE, related_name="heures")
    le = models.DateField("le")
    heures = models.DecimalField("heures", max_digits=5, decimal_places=1)
    commentaire = models.CharField("commentaire", max_length=150, blank=True)
    saisi_le = models.DateTimeField("saisi le", db_default=Now(), editable=False)

    class Meta:
        verbose_name = "heures consommées"
        verbose_name_plural = "heures consommées"
        ordering = ["-le", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["inscription", "le"],
                name="heures_un_jour_une_fois",
                violation_error_message="Des heures sont déjà notées pour ce jour : modifiez-les.",
            ),
            models.CheckConstraint(
                condition=Q(heures__gt=0, heures__lte=24),
                name="heures_plausibles",
                violation_error_message="Un jour compte de 0 à 24 heures.",
            ),
        ]

    def __str__(self) -> str:
        """Return day and hours."""
        return f"{self.le:%d/%m/%Y}\u00a0: {self.heures}"
