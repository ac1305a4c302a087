"""Files of équipes pluridisciplinaires: what is submitted, heard, advised, decided, appealed. Source: CASF L262-39."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse

from gouvernance.querysets_ep import DossierEPQuerySet
from parcours.models import Orientation, Personne, RegimeJuridique
from pdi.socle.models import LigneEtat
from pdi.territoires.models import TerritoireAction

from .instance import Instance
from .seance import Seance


class ThemeEP(models.TextChoices):
    """Why a file comes before the team. Source: CASF L262-31, L262-37, L262-39."""

    REORIENTATION = "reorientation", "Réorientation"
    MAINTIEN = "maintien", "Demande de maintien de l’orientation"
    NON_CONCLUSION = "non_conclusion", "Contrat non conclu ou non renouvelé"
    NON_RESPECT = "non_respect", "Contrat non respecté"
    RADIATION = "radiation_ft", "Radiation de la liste des demandeurs d’emploi"
    CONTROLE = "refus_controle", "Refus de contrôle"


class EtatDossierEP(models.TextChoices):
    """Life of a file."""

    BROUILLON = "brouillon", "Brouillon"
    SOUMIS = "soumis", "Soumis"
    CONTRADICTOIRE = "contradictoire", "Contradictoire en cours"
    INSCRIT = "inscrit", "À l’ordre du jour"
    EXAMINE = "examine", "Avis rendu"
    DECIDE = "decide", "Décidé"
    NOTIFIE = "notifie", "Notifié"
    RECOURS = "recours", "En recours"
    CLOS = "clos", "Clos"
    RETIRE = "retire", "Retiré"
    SANS_SUITE = "sans_suite", "Classé sans suite"


OUVERTS = ("brouillon", "soumis", "contradictoire", "inscrit", "examine")


class Audition(models.TextChoices):
    """Whether the person is heard by the team."""

    NON = "", "Non demandée"
    DEMANDEE = "demandee", "Demandée"
    INVITEE = "invitee", "Invitation envoyée"
    ENTENDUE = "entendue", "Entendue"
    ABSENTE = "absente", "Invitée, ne s’est pas présentée"


class DossierEP(models.Model):
    """One file. `regime` is the one of `faits_le`; `territoire` where she lived when it was opened.

    `observations_jusqu_au`: last day of the contradictory delay, from the notification of the intention
    (`intention_le`). `personnes_foyer`, `majoration`: what the ceiling of a sanction depends on.
    `passage`: rank at the meeting.
    """

    personne = models.ForeignKey(Personne, on_delete=models.CASCADE, related_name="dossiers_ep")
    instance = models.ForeignKey(Instance, on_delete=models.PROTECT, related_name="dossiers_ep")
    theme = models.CharField("thème", max_length=16, choices=ThemeEP)
    faits_le = models.DateField("date des faits")
    expose = models.TextField("ce qui motive la saisine", blank=True)
    demarches = models.TextField("ce qui a été tenté", blank=True)
    regime = models.ForeignKey(RegimeJuridique, on_delete=models.PROTECT, related_name="+")
    territoire = models.ForeignKey(TerritoireAction, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    personnes_foyer = models.PositiveSmallIntegerField("personnes au foyer", null=True, blank=True)
    majoration = models.BooleanField("RSA majoré", default=False, db_default=False)
    etat = models.CharField("état", max_length=14, choices=EtatDossierEP, default=EtatDossierEP.BROUILLON)
    soumis_le = models.DateField("soumis le", null=True, blank=True)
    intention_le = models.DateField("intention notifiée le", null=True, blank=True)
    observations_jusqu_au = models.DateField("observations jusqu’au", null=True, blank=True)
    audition = models.CharField("audition", max_length=8, choices=Audition, blank=True, default=Audition.NON)
    assistance = models.CharField("assistée par", max_length=150, blank=True)
    seance = models.ForeignKey(Seance, on_delete=models.PROTECT, null=True, blank=True, related_name="dossiers_ep")
    passage = models.PositiveSmallIntegerField("passage", null=True, blank=True)
    ouvert_par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField("version", default=1)
    demonstration = models.BooleanField("donnée de démonstration", default=False)
    saisi_le = models.DateTimeField("saisi le", db_default=Now(), editable=False)

    objects = DossierEPQuerySet.as_manager()

    class Meta:
        verbose_name = "dossier d’équipe pluridisciplinaire"
        verbose_name_plural = "dossiers d’équipe pluridisciplinaire"
        ordering = ["-faits_le", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["personne", "theme"],
                condition=Q(etat__in=OUVERTS),
                name="ep_un_dossier_ouvert_par_theme",
                violation_error_message="Un dossier est déjà ouvert sur ce thème pour cette personne.",
            ),
            models.CheckConstraint(
                condition=Q(etat="brouillon") | ~Q(expose=""),
                name="ep_saisine_motivee",
                violation_error_message="Dites ce qui motive la saisine.",
            ),
            models.CheckConstraint(
                condition=~Q(etat__in=["inscrit", "examine"]) | Q(seance__isnull=False), name="ep_inscrit_a_sa_seance"
            ),
            models.CheckConstraint(
                condition=~Q(etat="contradictoire")
                | Q(intention_le__isnull=False, observations_jusqu_au__isnull=False),
                name="ep_contradictoire_date",
            ),
            models.CheckConstraint(
                condition=Q(observations_jusqu_au__isnull=True)
                | Q(intention_le__isnull=False, observations_jusqu_au__gte=F("intention_le")),
                name="ep_delai_apres_intention",
            ),
        ]
        indexes = [
            models.Index(fields=["etat", "observations_jusqu_au"], name="ep_etat_delai"),
            models.Index(fields=["seance", "passage"], name="ep_seance_passage"),
        ]

    def __str__(self) -> str:
        """Return its reference, without any name."""
        return f"Dossier EP {self.reference}"

    def get_absolute_url(self) -> str:
        """Return its page."""
        return reverse("gouvernance:ep_dossier", args=[self.pk])

    @property
    def reference(self) -> str:
        """Return « 2026-00012 »."""
        return f"{self.faits_le:%Y}-{self.pk or 0:05d}"


class TransitionDossierEP(LigneEtat):
    """One change of state of a file."""

    dossier = models.ForeignKey(DossierEP, on_delete=models.CASCADE, related_name="transitions")

    class Meta(LigneEtat.Meta):
        verbose_name = "changement d’état d’un dossier EP"
        verbose_name_plural = "changements d’état des dossiers EP"


class FormeObservation(models.TextChoices):
    """How observations came."""

    ECRIT = "ecrit", "Par écrit"
    ORAL = "oral", "De vive voix"
    REPRESENTANT = "representant", "Par un représentant"


class ObservationEP(models.Model):
    """What the person answered. Late ones (`tardive`) are kept, and said to be."""

    dossier = models.ForeignKey(DossierEP, on_delete=models.CASCADE, related_name="observations")
    recue_le = models.DateField("reçues le")
    forme = models.CharField("forme", max_length=12, choices=FormeObservation, default=FormeObservation.ECRIT)
    texte = models.TextField("observations")
    tardive = models.BooleanField("reçues hors délai", default=False)
    par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    saisi_le = models.DateTimeField("saisi le", db_default=Now(), editable=False)

    class Meta:
        verbose_name = "observations d’un dossier EP"
        verbose_name_plural = "observations des dossiers EP"
        ordering = ["recue_le", "id"]

    def __str__(self) -> str:
        """Return the day."""
        return f"reçues le {self.recue_le:%d/%m/%Y}"


class SensEP(models.TextChoices):
    """What is advised, or decided."""

    REORIENTER = "reorienter", "Réorienter"
    MAINTENIR = "maintenir", "Maintenir l’orientation"
    AUCUNE = "aucune", "Aucune sanction"
    SANCTION = "sanction", "Sanction"


class _Mesure(models.Model):
    """A sense; for a sanction its step (as the regime names it), its rate in % and its length in months."""

    sens = models.CharField("sens", max_length=10, choices=SensEP)
    palier = models.PositiveSmallIntegerField("palier", null=True, blank=True)
    taux = models.PositiveSmallIntegerField("taux (%)", null=True, blank=True)
    mois = models.PositiveSmallIntegerField("durée (mois)", null=True, blank=True)
    par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


def _sanction_decrite(nom: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(sens="sanction", palier__isnull=False)
        | (~Q(sens="sanction") & Q(palier__isnull=True, taux__isnull=True, mois__isnull=True)),
        name=nom,
        violation_error_message="Une sanction a un palier ; les autres mesures n’ont ni palier, ni taux, ni durée.",
    )


def _taux_possible(nom: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(taux__isnull=True) | Q(taux__gte=1, taux__lte=100),
        name=nom,
        violation_error_message="Un taux va de 1 à 100\u00a0%.",
    )


class AvisEP(_Mesure):
    """The opinion of the team. `cle`: of the entry, so that one sent twice is written once."""

    dossier = models.OneToOneField(DossierEP, on_delete=models.CASCADE, related_name="avis")
    seance = models.ForeignKey(Seance, on_delete=models.PROTECT, related_name="avis_ep")
    rendu_le = models.DateField("rendu le")
    motivation = models.TextField("motivation", blank=True)
    pour = models.PositiveSmallIntegerField("pour", null=True, blank=True)
    contre = models.PositiveSmallIntegerField("contre", null=True, blank=True)
    abstentions = models.PositiveSmallIntegerField("abstentions", null=True, blank=True)
    unanimite = models.BooleanField("à l’unanimité", default=False)
    voix_presentes = models.PositiveSmallIntegerField("voix présentes ou représentées", default=0)
    cle = models.UUIDField("clé de saisie", null=True, blank=True, unique=True, editable=False)

    class Meta:
        verbose_name = "avis d’équipe pluridisciplinaire"
        verbose_name_plural = "avis d’équipe pluridisciplinaire"
        constraints = [
            _sanction_decrite("avis_ep_sanction_decrite"),
            _taux_possible("avis_ep_taux"),
            models.CheckConstraint(
                condition=Q(unanimite=False) | Q(contre__isnull=True) | Q(contre=0),
                name="avis_ep_unanime_sans_contre",
                violation_error_message="Un avis unanime n’a pas de voix contre.",
            ),
        ]

    def __str__(self) -> str:
        """Return the sense."""
        return self.get_sens_display()


class DecisionEP(_Mesure):
    """The decision of the président du conseil départemental. `ecart`: why it departs from the opinion.

    `fin`: first day without sanction, by the calendar of months; `levee_le`: lifted from that day.
    `effet_prevu_le`: the day decided; `effet_le`: the day it takes effect, later when she was told too late.
    `precedente_le`: the sanction before, that a later step supposes. `orientation`: what a reorientation opened.
    """

    dossier = models.OneToOneField(DossierEP, on_delete=models.CASCADE, related_name="decision")
    decidee_le = models.DateField("décidée le")
    motifs = models.TextField("motifs")
    ecart = models.TextField("pourquoi la décision s’écarte de l’avis", blank=True)
    personnes_foyer = models.PositiveSmallIntegerField("personnes au foyer", null=True, blank=True)
    precedente_le = models.DateField("sanction précédente", null=True, blank=True)
    effet_prevu_le = models.DateField("devait prendre effet le", null=True, blank=True)
    effet_le = models.DateField("prend effet le", null=True, blank=True)
    fin = models.DateField("prend fin le", null=True, blank=True)
    notifiee_le = models.DateField("notifiée le", null=True, blank=True)
    recours_jusqu_au = models.DateField("recours possible jusqu’au", null=True, blank=True)
    orientation = models.ForeignKey(Orientation, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    levee_le = models.DateField("levée le", null=True, blank=True)
    levee_motif = models.CharField("motif de la levée", max_length=250, blank=True)

    class Meta:
        verbose_name = "décision après équipe pluridisciplinaire"
        verbose_name_plural = "décisions après équipe pluridisciplinaire"
        constraints = [
            _sanction_decrite("decision_ep_sanction_decrite"),
            _taux_possible("decision_ep_taux"),
            models.CheckConstraint(condition=~Q(motifs=""), name="decision_ep_motivee"),
            models.CheckConstraint(
                condition=Q(fin__isnull=True) | Q(effet_le__isnull=False, fin__gt=F("effet_le")),
                name="decision_ep_fin_apres_effet",
            ),
            models.CheckConstraint(
                condition=Q(levee_le__isnull=True) | (Q(sens="sanction") & ~Q(levee_motif="")),
                name="decision_ep_levee_motivee",
                violation_error_message="Une levée se motive.",
            ),
            models.CheckConstraint(
                condition=Q(notifiee_le__isnull=True) | Q(notifiee_le__gte=F("decidee_le")),
                name="decision_ep_notifiee_apres",
                violation_error_message="La notification ne précède pas la décision.",
            ),
        ]

    def __str__(self) -> str:
        """Return the sense."""
        return self.get_sens_display()


class NatureRecours(models.TextChoices):
    """Before whom. Source: CASF L262-47."""

    PREALABLE = "prealable", "Recours administratif préalable"
    CONTENTIEUX = "contentieux", "Recours devant le tribunal administratif"


class IssueRecours(models.TextChoices):
    """How it ended."""

    EN_COURS = "", "En cours"
    REJETE = "rejete", "Rejeté"
    TACITE = "tacite", "Rejeté par deux mois de silence"
    PARTIEL = "partiel", "Décision réformée"
    ANNULE = "annule", "Décision annulée"


class RecoursEP(models.Model):
    """An appeal, and its outcome."""

    dossier = models.ForeignKey(DossierEP, on_delete=models.CASCADE, related_name="recours")
    nature = models.CharField("nature", max_length=11, choices=NatureRecours)
    recu_le = models.DateField("reçu le")
    tardif = models.BooleanField("hors délai", default=False)
    motifs = models.TextField("motifs", blank=True)
    issue = models.CharField("issue", max_length=7, choices=IssueRecours, blank=True, default=IssueRecours.EN_COURS)
    issue_le = models.DateField("tranché le", null=True, blank=True)
    issue_texte = models.TextField("ce qui est décidé", blank=True)

    class Meta:
        verbose_name = "recours d’un dossier EP"
        verbose_name_plural = "recours des dossiers EP"
        ordering = ["recu_le", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(issue="", issue_le__isnull=True) | (~Q(issue="") & Q(issue_le__isnull=False)),
                name="recours_ep_issue_datee",
            ),
            models.UniqueConstraint(fields=["dossier"], condition=Q(issue=""), name="recours_ep_un_en_cours"),
        ]

    def __str__(self) -> str:
        """Return its nature."""
        return self.get_nature_display()
