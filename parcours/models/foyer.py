"""Households, RSA files and their monthly states, rights and duties."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from pdi.structures.models import Structure

from .personne import Personne


class RoleFoyer(models.TextChoices):
    """Role in the household, CAF codes (ROLEPERS)."""

    DEMANDEUR = "DEM", "Demandeur"
    CONJOINT = "CJT", "Conjoint"
    ENFANT = "ENF", "Enfant"
    AUTRE = "AUT", "Autre personne"
    REFERENT_DOSSIER = "RDO", "Responsable de dossier"


class SituationFamiliale(models.TextChoices):
    """CAF codes (SITFAM): alone CEL DIV ISO SEF SEL VEU, couple MAR PAC RPA RVC RVM VIM."""

    CEL = "CEL", "Célibataire"
    DIV = "DIV", "Divorcé"
    ISO = "ISO", "Isolé"
    SEF = "SEF", "Séparé de fait"
    SEL = "SEL", "Séparé légalement"
    VEU = "VEU", "Veuf"
    MAR = "MAR", "Marié"
    PAC = "PAC", "Pacsé"
    RPA = "RPA", "Reprise de vie commune après Pacs"
    RVC = "RVC", "Reprise de vie commune"
    RVM = "RVM", "Reprise de vie maritale"
    VIM = "VIM", "Vie maritale"
    INCONNUE = "", "Non renseignée"


class Foyer(models.Model):
    """A household; its composition and family situation are dated."""

    cree_le = models.DateField("créé le", null=True, blank=True)
    fictif = models.BooleanField("foyer fictif", default=False)

    class Meta:
        verbose_name = "foyer"

    def __str__(self) -> str:
        """Return its number."""
        return f"Foyer {self.pk}"


class SituationFoyer(models.Model):
    """Family situation and dependent children of a household over a period."""

    foyer = models.ForeignKey(Foyer, on_delete=models.CASCADE, related_name="situations")
    situation = models.CharField("situation familiale", max_length=3, choices=SituationFamiliale, blank=True)
    enfants = models.PositiveSmallIntegerField("enfants ou autres personnes à charge", null=True, blank=True)
    periode = DateRangeField("période")

    class Meta:
        verbose_name = "situation du foyer"
        verbose_name_plural = "situations des foyers"
        constraints = [
            ExclusionConstraint(
                name="une_situation_foyer_a_une_date",
                expressions=[(F("foyer"), RangeOperators.EQUAL), ("periode", RangeOperators.OVERLAPS)],
                violation_error_message="Une autre situation couvre déjà une partie de cette période.",
            )
        ]

    def __str__(self) -> str:
        """Return the situation."""
        return self.get_situation_display()


class MembreFoyer(models.Model):
    """A person's place in a household over a period; one place at a time."""

    foyer = models.ForeignKey(Foyer, on_delete=models.CASCADE, related_name="membres")
    personne = models.ForeignKey(Personne, on_delete=models.CASCADE, related_name="places")
    role = models.CharField("rôle", max_length=3, choices=RoleFoyer)
    periode = DateRangeField("période")

    class Meta:
        verbose_name = "membre du foyer"
        verbose_name_plural = "membres du foyer"
        constraints = [
            ExclusionConstraint(
                name="un_foyer_a_une_date",
                expressions=[(F("personne"), RangeOperators.EQUAL), ("periode", RangeOperators.OVERLAPS)],
                violation_error_message="Cette personne appartient déjà à un foyer sur une partie de cette période.",
            )
        ]
        indexes = [models.Index(fields=["personne"], condition=Q(role="ENF"), name="membre_enfant")]

    def __str__(self) -> str:
        """Return the role."""
        return self.get_role_display()


class EtatDossier(models.TextChoices):
    """Monthly state of an RSA file, CAF codes (ETATDOSRSA)."""

    EN_ATTENTE = "0", "En attente"
    REFUSE = "1", "Refusé"
    OUVERT = "2", "Ouvert et versable"
    DROIT_SUSPENDU = "3", "Droit suspendu"
    VERSEMENT_SUSPENDU = "4", "Versement suspendu"
    CLOS = "5", "Clos"
    CLOS_ANTERIEUR = "6", "Clos mois antérieur"


class NaturePrestation(models.TextChoices):
    """Nature of the benefit, CAF codes (NATPF)."""

    SOCLE = "RSD", "RSA socle"
    MAJORE = "RSI", "RSA majoré"
    JEUNE = "RSJ", "RSA jeune"


class DossierRSA(models.Model):
    """An RSA file of a household. `numero` is NUMDEMRSA (11 characters), `matricule` the payer's (15)."""

    numero = models.CharField("n° de demande", max_length=11, unique=True)
    matricule = models.CharField("matricule", max_length=15, blank=True)
    foyer = models.ForeignKey(Foyer, on_delete=models.PROTECT, related_name="dossiers")
    organisme_payeur = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="dossiers_rsa")
    demande_le = models.DateField("demandé le")
    ouvert_le = models.DateField("ouvert le", null=True, blank=True)
    clos_le = models.DateField("clos le", null=True, blank=True)
    motif_cloture = models.CharField("motif de clôture", max_length=10, blank=True)

    class Meta:
        verbose_name = "dossier RSA"
        verbose_name_plural = "dossiers RSA"
        constraints = [
            models.CheckConstraint(
                condition=Q(clos_le__isnull=True) | Q(ouvert_le__isnull=True) | Q(clos_le__gte=F("ouvert_le")),
                name="dossier_dates_dans_l_ordre",
                violation_error_message="Le dossier se ferme avant d’être ouvert.",
            )
        ]
        indexes = [models.Index(fields=["matricule"], name="dossier_matricule")]

    def __str__(self) -> str:
        """Return the number."""
        return self.numero


class EtatMensuel(models.Model):
    """State of a file in a month (`mois` is its first day): history kept, never overwritten."""

    dossier = models.ForeignKey(DossierRSA, on_delete=models.CASCADE, related_name="etats")
    mois = models.DateField("mois")
    etat = models.CharField("état", max_length=1, choices=EtatDossier)
    nature = models.CharField("nature", max_length=3, choices=NaturePrestation, blank=True)
    montant = models.DecimalField("montant (€)", max_digits=8, decimal_places=2, null=True, blank=True)
    motif_suspension = models.CharField("motif de suspension", max_length=10, blank=True)
    saisi_le = models.DateTimeField("saisi le", db_default=Now(), editable=False)

    class Meta:
        verbose_name = "état mensuel du dossier"
        verbose_name_plural = "états mensuels des dossiers"
        ordering = ["-mois"]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "mois"], name="etat_mensuel_unique"),
            models.CheckConstraint(condition=Q(mois__day=1), name="etat_mensuel_premier_du_mois"),
        ]
        indexes = [models.Index(fields=["mois", "dossier"], include=["etat"], name="etat_mensuel_mois")]

    def __str__(self) -> str:
        """Return month and state."""
        return f"{self.mois:%m/%Y} {self.get_etat_display()}"


class SituationDroitsDevoirs(models.Model):
    """Whether a person is subject to rights and duties over a period: received and recomputed, side by side.

    A difference is an anomaly, never an overwrite. Source: CASF L262-28, D262-65.
    """

    personne = models.ForeignKey(Personne, on_delete=models.CASCADE, related_name="droits_devoirs")
    dossier = models.ForeignKey(DossierRSA, on_delete=models.CASCADE, related_name="droits_devoirs")
    periode = DateRangeField("période")
    recu = models.BooleanField("transmis par la CAF ou la MSA", null=True, blank=True)
    recalcule = models.BooleanField("recalculé", null=True, blank=True)
    saisi_le = models.DateTimeField("saisi le", db_default=Now(), editable=False)

    class Meta:
        verbose_name = "situation au regard des droits et devoirs"
        verbose_name_plural = "situations au regard des droits et devoirs"
        ordering = ["personne_id", "periode"]
        constraints = [
            ExclusionConstraint(
                name="une_situation_sdd_a_une_date",
                expressions=[(F("personne"), RangeOperators.EQUAL), ("periode", RangeOperators.OVERLAPS)],
                violation_error_message="Une autre situation couvre déjà une partie de cette période.",
            ),
            models.CheckConstraint(condition=Q(periode__isempty=False), name="sdd_periode_non_vide"),
        ]

    def __str__(self) -> str:
        """Return the received flag in words."""
        return "Soumis aux droits et devoirs" if self.recu else "Non soumis aux droits et devoirs"
