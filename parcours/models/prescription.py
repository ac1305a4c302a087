"""A prescription onto an offer of the catalogue or a free action."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse

from offre.models import OffreInsertion
from parcours.querysets import PrescriptionQuerySet
from pdi.socle.models import LigneEtat
from pdi.structures.models import Structure

from .personne import Personne
from .referentiel import Motif


class EtatPrescription(models.TextChoices):
    """Life cycle: written → signed → sent → answered → in action → ended, or cancelled."""

    RENSEIGNEE = "renseignee", "Renseignée"
    SIGNEE = "signee", "Signée"
    TRANSMISE = "transmise", "Transmise à l’opérateur"
    REFUSEE = "refusee", "Refusée par l’opérateur"
    RETENUE = "retenue", "Retenue"
    EN_ACTION = "en_action", "Entrée en action"
    ACHEVEE = "achevee", "Achevée"
    ABANDONNEE = "abandonnee", "Abandonnée"
    ANNULEE = "annulee", "Annulée"


class OriginePrescription(models.TextChoices):
    """Who prescribes (fiche 3.6)."""

    REFERENT = "referent", "Référent de parcours"
    PRESTATAIRE = "prestataire", "Prestataire"
    AUTO = "auto", "Auto-prescription"
    PLATEFORME = "plateforme", "Plateforme d’orientation"


class Presence(models.TextChoices):
    """Did the person come to the first appointment?"""

    OUI = "oui", "Présentée"
    NON = "non", "Absente"
    EXCUSE = "excuse", "Excusée"


class ResultatPrescription(models.TextChoices):
    """What an ended action gave, against what was expected of it."""

    ATTEINT = "atteint", "Objectif atteint"
    PARTIEL = "partiel", "Objectif atteint en partie"
    NON_ATTEINT = "non_atteint", "Objectif non atteint"


class Prescription(models.Model):
    """One prescription. Either `offre` or `action_libre` is given. Dates follow the life cycle."""

    personne = models.ForeignKey(Personne, on_delete=models.CASCADE, related_name="prescriptions")
    offre = models.ForeignKey(
        OffreInsertion, on_delete=models.PROTECT, null=True, blank=True, related_name="prescriptions"
    )
    action_libre = models.CharField("action hors catalogue", max_length=200, blank=True)
    operateur = models.ForeignKey(
        Structure, on_delete=models.PROTECT, null=True, blank=True, related_name="prescriptions_recues"
    )
    origine = models.CharField("origine", max_length=12, choices=OriginePrescription)
    prescripteur = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="prescriptions"
    )
    structure_prescriptrice = models.ForeignKey(
        Structure, on_delete=models.PROTECT, null=True, blank=True, related_name="prescriptions_emises"
    )
    motivation = models.TextField("ce qu’on attend de l’action", blank=True)
    documents = models.CharField("documents à apporter", max_length=250, blank=True)
    etat = models.CharField("état", max_length=12, choices=EtatPrescription, default=EtatPrescription.RENSEIGNEE)
    renseignee_le = models.DateField("renseignée le")
    signee_le = models.DateField("signée le", null=True, blank=True)
    transmise_le = models.DateField("transmise le", null=True, blank=True)
    relancee_le = models.DateField("opérateur relancé le", null=True, blank=True)
    repondue_le = models.DateField("réponse le", null=True, blank=True)
    presentation = models.CharField("première présentation", max_length=8, choices=Presence, blank=True)
    presentation_le = models.DateField("présentation le", null=True, blank=True)
    motif_refus = models.ForeignKey(Motif, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    commentaire_operateur = models.TextField("réponse de l’opérateur", blank=True)
    entree_le = models.DateField("entrée le", null=True, blank=True)
    bilan_intermediaire = models.TextField("bilan intermédiaire", blank=True)
    bilan_intermediaire_le = models.DateField("bilan intermédiaire le", null=True, blank=True)
    bilan_final = models.TextField("bilan final", blank=True)
    resultat = models.CharField("résultat", max_length=12, choices=ResultatPrescription, blank=True)
    fin_le = models.DateField("fin le", null=True, blank=True)
    annulee_le = models.DateField("annulée le", null=True, blank=True)
    motif_annulation = models.CharField("motif d’annulation", max_length=200, blank=True)
    saisi_le = models.DateTimeField("saisi le", db_default=Now(), editable=False)

    objects = PrescriptionQuerySet.as_manager()

    class Meta:
        verbose_name = "prescription"
        ordering = ["-renseignee_le", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(offre__isnull=False, action_libre="") | (Q(offre__isnull=True) & ~Q(action_libre="")),
                name="prescription_offre_ou_action",
                violation_error_message="Choisissez une offre du catalogue ou décrivez l’action, pas les deux.",
            ),
            models.CheckConstraint(
                condition=Q(etat__in=["renseignee", "abandonnee", "annulee"]) | Q(signee_le__isnull=False),
                name="prescription_signature_datee",
            ),
            models.CheckConstraint(
                condition=Q(etat__in=["renseignee", "signee", "abandonnee", "annulee"]) | Q(transmise_le__isnull=False),
                name="prescription_transmission_datee",
            ),
            models.CheckConstraint(
                condition=~Q(etat__in=["refusee", "retenue", "en_action", "achevee"]) | Q(repondue_le__isnull=False),
                name="prescription_reponse_datee",
            ),
            models.CheckConstraint(
                condition=~Q(etat="refusee") | Q(motif_refus__isnull=False),
                name="prescription_refus_motive",
                violation_error_message="Un refus se motive.",
            ),
            models.CheckConstraint(
                condition=~Q(etat__in=["en_action", "achevee"]) | Q(entree_le__isnull=False),
                name="prescription_entree_datee",
            ),
            models.CheckConstraint(
                condition=~Q(etat__in=["achevee", "abandonnee"]) | Q(fin_le__isnull=False),
                name="prescription_fin_datee",
            ),
            models.CheckConstraint(
                condition=Q(fin_le__isnull=True) | Q(entree_le__isnull=True) | Q(fin_le__gte=F("entree_le")),
                name="prescription_fin_apres_entree",
                violation_error_message="La fin précède l’entrée dans l’action.",
            ),
            models.CheckConstraint(
                condition=(Q(etat="annulee", annulee_le__isnull=False) & ~Q(motif_annulation=""))
                | (~Q(etat="annulee") & Q(annulee_le__isnull=True)),
                name="prescription_annulation_motivee",
                violation_error_message="Une annulation se motive.",
            ),
        ]
        indexes = [
            models.Index(fields=["personne", "-renseignee_le"], name="prescription_personne"),
            models.Index(fields=["operateur", "etat"], name="prescription_operateur"),
            models.Index(fields=["transmise_le"], condition=Q(etat="transmise"), name="prescription_sans_reponse"),
            models.Index(fields=["renseignee_le"], name="prescription_date"),
        ]

    def __str__(self) -> str:
        """Return the offer or the action."""
        return str(self.offre) if self.offre_id else self.action_libre

    def get_absolute_url(self) -> str:
        """Return the prescription's page."""
        return reverse("parcours:prescription", args=[self.pk])


class TransitionPrescription(LigneEtat):
    """One change of state of a prescription."""

    prescription = models.ForeignKey(Prescription, on_delete=models.CASCADE, related_name="transitions")

    class Meta(LigneEtat.Meta):
        verbose_name = "changement d’état d’une prescription"
        verbose_name_plural = "changements d’état des prescriptions"
