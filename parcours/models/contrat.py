"""The contract between the person and the département: CER, contrat d'engagement, PPAE reference."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse

from offre.models import Frein
from parcours.querysets import ContratQuerySet
from pdi.socle.models import LigneEtat
from pdi.structures.models import Structure

from .orientation import Orientation
from .personne import Personne
from .referentiel import Motif


class NatureContrat(models.TextChoices):
    """By legal regime."""

    CER = "cer", "Contrat d’engagements réciproques"
    CONTRAT_ENGAGEMENT = "ce", "Contrat d’engagement"
    PPAE = "ppae", "Projet personnalisé d’accès à l’emploi (référence)"


class RangContrat(models.TextChoices):
    """First, renewal or amendment."""

    PREMIER = "premier", "Premier contrat"
    RENOUVELLEMENT = "renouvellement", "Renouvellement"
    AVENANT = "avenant", "Avenant"


class EtatContrat(models.TextChoices):
    """Validation circuit, then life of the contract."""

    BROUILLON = "brouillon", "Brouillon"
    SIGNE = "signe", "Signé par la personne et le référent"
    SOUMIS = "soumis", "Soumis à validation"
    A_CORRIGER = "a_corriger", "À corriger"
    VALIDE = "valide", "Validé"
    REFUSE = "refuse", "Refusé"
    CLOS = "clos", "Clos"
    ANNULE = "annule", "Annulé"


class ObjectifReferentiel(models.Model):
    """An objective of the référentiel, tied to the obstacles it lifts."""

    code = models.SlugField("code", max_length=60, unique=True)
    libelle = models.CharField("objectif", max_length=200)
    freins = models.ManyToManyField(Frein, blank=True, related_name="objectifs")
    actif = models.BooleanField("proposé", default=True)

    class Meta:
        verbose_name = "objectif du référentiel"
        verbose_name_plural = "objectifs du référentiel"
        ordering = ["libelle"]

    def __str__(self) -> str:
        """Return the label."""
        return self.libelle


class Contrat(models.Model):
    """One contract. Valid at a date when `debut` ≤ date ≤ `fin` (both included) and the decision is « validé ».

    « En cours », « à renouveler » and « échu » follow from the dates: they are computed, never stored.
    `foyer_signature` is the household as it stood at signature. Hours are per week.
    """

    personne = models.ForeignKey(Personne, on_delete=models.CASCADE, related_name="contrats")
    orientation = models.ForeignKey(Orientation, on_delete=models.PROTECT, null=True, related_name="contrats")
    nature = models.CharField("nature", max_length=5, choices=NatureContrat)
    rang = models.CharField("rang", max_length=15, choices=RangContrat, default=RangContrat.PREMIER)
    precedent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="suites")
    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="contrats")
    referent = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="contrats"
    )
    debut = models.DateField("début")
    fin = models.DateField("fin")
    heures_hebdo = models.DecimalField(
        "heures d’activité par semaine", max_digits=4, decimal_places=1, null=True, blank=True
    )
    dispense_motif = models.ForeignKey(Motif, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    dispense_fin = models.DateField("fin de la réduction ou dispense", null=True, blank=True)
    engagements_personne = ArrayField(models.TextField(), default=list, blank=True)
    engagements_departement = ArrayField(models.TextField(), default=list, blank=True)
    observations_personne = models.TextField("observations de la personne", blank=True)
    observations_referent = models.TextField("observations du référent", blank=True)
    revision_le = models.DateField("réexamen prévu le", null=True, blank=True)
    foyer_signature = models.JSONField("foyer à la signature", default=dict, blank=True)
    signe_personne_le = models.DateField("signé par la personne le", null=True, blank=True)
    signe_referent_le = models.DateField("signé par le référent le", null=True, blank=True)
    signe_departement_le = models.DateField("signé pour le Département le", null=True, blank=True)
    signataire_departement = models.CharField("signataire du Département", max_length=120, blank=True)
    etat = models.CharField("état", max_length=10, choices=EtatContrat, default=EtatContrat.BROUILLON)
    decide_le = models.DateField("décidé le", null=True, blank=True)
    decide_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    clos_le = models.DateField("clos le", null=True, blank=True)
    motif_decision = models.TextField("motif de la décision", blank=True)
    bilan = models.TextField("bilan du contrat", blank=True)
    version = models.PositiveIntegerField("version", default=1)
    modifie_le = models.DateTimeField("modifié le", db_default=Now())
    saisi_le = models.DateTimeField("saisi le", db_default=Now(), editable=False)

    objects = ContratQuerySet.as_manager()

    class Meta:
        verbose_name = "contrat"
        ordering = ["-debut", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(fin__gte=F("debut")),
                name="contrat_dates_dans_l_ordre",
                violation_error_message="Le contrat finit avant de commencer.",
            ),
            models.CheckConstraint(
                condition=~Q(etat__in=["signe", "soumis", "a_corriger", "valide", "clos"])
                | Q(signe_personne_le__isnull=False, signe_referent_le__isnull=False),
                name="contrat_signe_par_les_deux",
                violation_error_message="Un contrat signé porte la date de signature de la personne et du référent.",
            ),
            models.CheckConstraint(
                condition=~Q(etat__in=["valide", "clos"])
                | Q(decide_le__isnull=False, signe_departement_le__isnull=False),
                name="contrat_valide_date_et_signature",
                violation_error_message="Un contrat validé porte la date de décision et la signature du Département.",
            ),
            models.CheckConstraint(
                condition=~Q(etat__in=["refuse", "a_corriger"]) | ~Q(motif_decision=""),
                name="contrat_refus_motive",
                violation_error_message="Le refus ou le renvoi d’un contrat se motive.",
            ),
            models.CheckConstraint(
                condition=Q(etat="clos", clos_le__isnull=False) | (~Q(etat="clos") & Q(clos_le__isnull=True)),
                name="contrat_clos_date",
            ),
            models.CheckConstraint(
                condition=Q(heures_hebdo__isnull=True) | Q(heures_hebdo__gte=0, heures_hebdo__lte=48),
                name="contrat_heures_plausibles",
                violation_error_message="Les heures hebdomadaires vont de 0 à 48.",
            ),
            models.CheckConstraint(
                condition=Q(rang="premier") | Q(precedent__isnull=False),
                name="contrat_suite_d_un_precedent",
                violation_error_message="Un renouvellement ou un avenant suit un contrat précédent.",
            ),
        ]
        indexes = [
            models.Index(fields=["personne", "-debut"], name="contrat_personne"),
            models.Index(
                fields=["personne", "debut"],
                condition=Q(nature__in=["cer", "ce"]),
                name="contrat_suivi",
                include=["id", "fin", "etat", "clos_le", "signe_personne_le"],
            ),
            models.Index(
                fields=["fin"],
                condition=Q(nature__in=["cer", "ce"], etat="valide", bilan=""),
                name="contrat_sans_bilan",
                include=["personne", "debut", "id"],
            ),
            models.Index(fields=["fin"], condition=Q(etat__in=["valide", "clos"]), name="contrat_echeances"),
            models.Index(
                fields=["structure", "etat"],
                condition=Q(etat__in=["signe", "soumis", "a_corriger"]),
                name="contrat_circuit",
            ),
        ]

    def __str__(self) -> str:
        """Return nature and dates."""
        return f"{self.get_nature_display()} du {self.debut:%d/%m/%Y} au {self.fin:%d/%m/%Y}"

    def get_absolute_url(self) -> str:
        """Return the contract's page."""
        return reverse("parcours:contrat", args=[self.pk])


class ObjectifContrat(models.Model):
    """An objective retained in a contract, and whether it was reached."""

    contrat = models.ForeignKey(Contrat, on_delete=models.CASCADE, related_name="objectifs")
    objectif = models.ForeignKey(ObjectifReferentiel, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    libelle = models.CharField("objectif", max_length=250)
    ordre = models.PositiveSmallIntegerField("ordre", default=0)
    atteint = models.BooleanField("atteint", null=True, blank=True)

    class Meta:
        verbose_name = "objectif du contrat"
        verbose_name_plural = "objectifs du contrat"
        ordering = ["ordre", "id"]

    def __str__(self) -> str:
        """Return the label."""
        return self.libelle


class TypeActionContrat(models.TextChoices):
    """The fifteen action types of the OARSA survey."""

    COMPETENCES = "competences", "Développer ses compétences professionnelles"
    RECHERCHE_EMPLOI = "recherche_emploi", "Parcours de recherche d’emploi"
    IAE = "iae", "Insertion par l’activité économique"
    NON_SALARIE = "non_salarie", "Activité non salariée"
    EMPLOI_AIDE = "emploi_aide", "Emploi aidé"
    EMPLOI_NON_AIDE = "emploi_non_aide", "Emploi non aidé"
    LIEN_SOCIAL = "lien_social", "Lien social"
    MOBILITE = "mobilite", "Mobilité"
    LOGEMENT = "logement", "Accès au logement"
    SOINS = "soins", "Accès aux soins"
    FINANCES = "finances", "Autonomie financière"
    FAMILLE = "famille", "Famille et parentalité"
    ILLETTRISME = "illettrisme", "Lutte contre l’illettrisme"
    DEMARCHES = "demarches", "Démarches administratives"
    AUTRES = "autres", "Autres actions"


class ActionContrat(models.Model):
    """An action line of a contract (OARSA type, hours a week, dates)."""

    contrat = models.ForeignKey(Contrat, on_delete=models.CASCADE, related_name="actions")
    type = models.CharField("type d’action", max_length=20, choices=TypeActionContrat)
    intitule = models.CharField("action", max_length=250)
    offre = models.ForeignKey("offre.OffreInsertion", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    heures_hebdo = models.DecimalField("heures par semaine", max_digits=4, decimal_places=1, null=True, blank=True)
    debut = models.DateField("début", null=True, blank=True)
    fin = models.DateField("fin", null=True, blank=True)
    realisee = models.BooleanField("réalisée", null=True, blank=True)

    class Meta:
        verbose_name = "action du contrat"
        verbose_name_plural = "actions du contrat"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(debut__isnull=True) | Q(fin__isnull=True) | Q(fin__gte=F("debut")),
                name="action_contrat_dates_dans_l_ordre",
                violation_error_message="L’action finit avant de commencer.",
            )
        ]

    def __str__(self) -> str:
        """Return the title."""
        return self.intitule


class TransitionContrat(LigneEtat):
    """One change of state of a contract."""

    contrat = models.ForeignKey(Contrat, on_delete=models.CASCADE, related_name="transitions")

    class Meta(LigneEtat.Meta):
        verbose_name = "changement d’état d’un contrat"
        verbose_name_plural = "changements d’état des contrats"
