"""What somebody without an account asks for on an offer open to self-prescription, until an agent has handled it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from offre.models import OffreInsertion
from parcours.querysets_demandes import DemandePubliqueQuerySet
from pdi.socle.models import LigneEtat
from pdi.territoires.models import Commune

from .personne import Personne
from .prescription import Prescription


class EtatDemandePublique(models.TextChoices):
    """Written by the visitor → confirmed by e-mail → handled by an agent."""

    A_CONFIRMER = "a_confirmer", "À confirmer par le demandeur"
    A_TRAITER = "a_traiter", "À traiter"
    A_RAPPELER = "a_rappeler", "À rappeler"
    ACCEPTEE = "acceptee", "Acceptée"
    DECLINEE = "declinee", "Déclinée"


class MotifDeclin(models.TextChoices):
    """Why a request leads to no prescription; the sentence is also the one written to who asked."""

    CONDITIONS = "conditions", "Les conditions d’accès à l’offre ne sont pas remplies"
    COMPLETE = "complete", "L’offre n’a plus de place"
    AUTRE_OFFRE = "autre_offre", "Une autre solution est proposée"
    RENONCE = "renonce", "La personne renonce à sa demande"
    INJOIGNABLE = "injoignable", "La personne est injoignable"
    HORS_DEPARTEMENT = "hors_departement", "La personne n’habite pas le département"
    DOUBLON = "doublon", "La même demande est déjà traitée"
    FANTAISISTE = "fantaisiste", "La demande n’est pas sérieuse"


class DemandePublique(models.Model):
    """One request. `personne`: who it is when the identity is that of exactly one known person, else None.

    The address of the confirmation carries `graine` and its signature: the row alone opens nothing. Unconfirmed rows
    are erased after `expire_le`, handled ones after the delay of the settings: the prescription stays.
    """

    offre = models.ForeignKey(OffreInsertion, on_delete=models.PROTECT, related_name="demandes")
    nom = models.CharField("nom", max_length=80)
    prenom = models.CharField("prénom", max_length=80)
    date_naissance = models.DateField("date de naissance")
    courriel = models.EmailField("courriel")
    telephone = models.CharField("téléphone", max_length=20, blank=True)
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    message = models.TextField("message", blank=True)
    consentement_le = models.DateTimeField("consentement donné le", default=timezone.now, editable=False)
    etat = models.CharField("état", max_length=12, choices=EtatDemandePublique, default=EtatDemandePublique.A_CONFIRMER)
    graine = models.CharField("graine de l’adresse", max_length=43, unique=True, editable=False)
    cree_le = models.DateTimeField("déposée le", default=timezone.now, editable=False)
    expire_le = models.DateTimeField("à confirmer avant le")
    confirmee_le = models.DateTimeField("confirmée le", null=True, blank=True)
    personne = models.ForeignKey(
        Personne, on_delete=models.CASCADE, null=True, blank=True, related_name="demandes_publiques"
    )
    rappeler_le = models.DateField("à rappeler le", null=True, blank=True)
    prescription = models.OneToOneField(
        Prescription, on_delete=models.SET_NULL, null=True, blank=True, related_name="demande_publique"
    )
    motif = models.CharField("motif", max_length=16, choices=MotifDeclin, blank=True)
    traitee_le = models.DateTimeField("traitée le", null=True, blank=True)
    traitee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    fictive = models.BooleanField("demande fictive", default=False)

    objects = DemandePubliqueQuerySet.as_manager()

    class Meta:
        verbose_name = "demande du public"
        verbose_name_plural = "demandes du public"
        ordering = ["confirmee_le", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(etat="a_confirmer", confirmee_le__isnull=True)
                | (~Q(etat="a_confirmer") & Q(confirmee_le__isnull=False)),
                name="demande_publique_confirmation_datee",
            ),
            models.CheckConstraint(
                condition=Q(etat__in=["acceptee", "declinee"], traitee_le__isnull=False, traitee_par__isnull=False)
                | (~Q(etat__in=["acceptee", "declinee"]) & Q(traitee_le__isnull=True, traitee_par__isnull=True)),
                name="demande_publique_traitement_date",
            ),
            models.CheckConstraint(
                condition=(Q(etat="declinee") & ~Q(motif="")) | (~Q(etat="declinee") & Q(motif="")),
                name="demande_publique_declin_motive",
                violation_error_message="Dites pourquoi la demande est déclinée.",
            ),
            models.CheckConstraint(
                condition=~Q(etat="acceptee") | Q(personne__isnull=False),
                name="demande_publique_acceptee_pour_quelqu_un",
            ),
            models.CheckConstraint(
                condition=Q(etat="a_rappeler", rappeler_le__isnull=False)
                | (~Q(etat="a_rappeler") & Q(rappeler_le__isnull=True)),
                name="demande_publique_rappel_date",
            ),
            models.CheckConstraint(condition=Q(expire_le__gt=F("cree_le")), name="demande_publique_expire_apres_depot"),
        ]
        indexes = [
            models.Index(
                fields=["confirmee_le"], condition=Q(etat__in=["a_traiter", "a_rappeler"]),
                name="demande_publique_ouverte",
            ),
            models.Index(fields=["expire_le"], condition=Q(etat="a_confirmer"), name="demande_publique_a_confirmer"),
        ]  # fmt: skip

    def __str__(self) -> str:
        """Return the offer: the journal holds no name."""
        return f"Demande pour «\u00a0{self.offre.intitule}\u00a0»"

    def get_absolute_url(self) -> str:
        """Return its page, for who handles it."""
        return reverse("parcours:demande_publique", args=[self.pk])

    @property
    def identite(self) -> str:
        """Return « NOM Prénom »."""
        return f"{self.nom.upper()} {self.prenom}"


class TransitionDemandePublique(LigneEtat):
    """One change of state of a request."""

    demande = models.ForeignKey(DemandePublique, on_delete=models.CASCADE, related_name="transitions")

    class Meta(LigneEtat.Meta):
        verbose_name = "changement d’état d’une demande du public"
        verbose_name_plural = "changements d’état des demandes du public"
