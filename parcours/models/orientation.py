"""Orientation: proposed by a readable rule set, decided by a human; reorientation requests; capacity."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from parcours.querysets import CapaciteQuerySet, DemandeQuerySet, OrientationQuerySet
from pdi.socle.formats import dernier_jour
from pdi.socle.models import LigneEtat
from pdi.structures.models import Structure

from .diagnostic import Diagnostic
from .personne import Personne
from .referentiel import Motif


class TypeOrientation(models.TextChoices):
    """The three types; wording depends on the legal regime at the date of the decision."""

    EMPLOI = "emploi", "Emploi (professionnelle)"
    SOCIO_PRO = "socio_pro", "Socio-professionnelle (global)"
    SOCIAL = "social", "Sociale (remobilisation)"


class ModeAccompagnement(models.TextChoices):
    """How the person is accompanied."""

    EMPLOI = "emploi", "Accompagnement vers l’emploi"
    SOCIAL = "social", "Accompagnement social"
    SOCIO_PRO = "socio_pro", "Accompagnement socio-professionnel"
    GLOBAL = "global", "Accompagnement global (binôme)"
    COACH = "coach", "Coach emploi"
    DELEGATAIRE = "delegataire", "Structure délégataire"


class OrganismeOarsa(models.TextChoices):
    """Organisms of the OARSA survey: inside the SPE, then outside."""

    FRANCE_TRAVAIL = "france_travail", "France Travail"
    MISSION_LOCALE = "mission_locale", "Mission locale"
    MDE_PLIE = "mde_plie", "Maison de l’emploi, PLIE, Cap emploi"
    CREATION = "creation", "Structure d’appui à la création d’entreprise"
    IAE = "iae", "Insertion par l’activité économique"
    AUTRE_SPE = "autre_spe", "Autre placement professionnel"
    DEPARTEMENT = "departement", "Conseil départemental"
    CAF = "caf", "CAF"
    MSA = "msa", "MSA"
    CCAS = "ccas", "CCAS, CIAS"
    AUTRE_HORS_SPE = "autre_hors_spe", "Autre organisme hors SPE"


ORGANISMES_SPE = (
    OrganismeOarsa.FRANCE_TRAVAIL,
    OrganismeOarsa.MISSION_LOCALE,
    OrganismeOarsa.MDE_PLIE,
    OrganismeOarsa.CREATION,
    OrganismeOarsa.IAE,
    OrganismeOarsa.AUTRE_SPE,
)


class OrigineOrientation(models.TextChoices):
    """Where the decision comes from."""

    MANUELLE = "manuelle", "Manuelle"
    LOT = "lot", "Par lot"
    REORIENTATION = "reorientation", "Réorientation"
    DEMENAGEMENT = "demenagement", "Déménagement"
    FRANCE_TRAVAIL = "france_travail", "Décision de France Travail"
    IMPORT = "import", "Import"


class JeuRegles(models.Model):
    """A version of the orientation rules: readable criteria, in order. Proposes, never decides.

    In force from `applique_des` to `jusqu_au`, both included; one set at a date for the whole département.
    """

    code = models.SlugField("code", max_length=40)
    version = models.PositiveSmallIntegerField("version", default=1)
    intitule = models.CharField("intitulé", max_length=150)
    applique_des = models.DateField("appliqué à partir du", null=True, blank=True)
    jusqu_au = models.DateField("jusqu’au", null=True, blank=True)
    source = models.CharField("source", max_length=200, blank=True)

    class Meta:
        verbose_name = "jeu de règles d’orientation"
        verbose_name_plural = "jeux de règles d’orientation"
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="jeu_version_unique"),
            ExclusionConstraint(
                name="un_jeu_a_une_date",
                expressions=[
                    (
                        Func(
                            F("applique_des"), F("jusqu_au"), Value("[]"),
                            function="DATERANGE", output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    )
                ],
                condition=Q(applique_des__isnull=False),
                violation_error_message="Un autre jeu de règles s’applique déjà sur une partie de cette période.",
            ),
            models.CheckConstraint(
                condition=Q(jusqu_au__isnull=True) | Q(applique_des__isnull=False, jusqu_au__gte=F("applique_des")),
                name="jeu_bornes_dans_l_ordre",
                violation_error_message="La fin d’application précède son début.",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        """Return title and version."""
        return f"{self.intitule} (version {self.version})"

    def get_absolute_url(self) -> str:
        """Return the readable page of the set."""
        return reverse("parcours:jeu", args=[self.pk])


class RegleOrientation(models.Model):
    """« If all these criteria hold, propose this type »; forms of `criteres` in parcours.regles.orientation.

    The first rule that holds proposes; `par_defaut` holds as soon as one question is answered. `organisme` is the
    organism the source names for this case (empty: none in particular).
    """

    jeu = models.ForeignKey(JeuRegles, on_delete=models.CASCADE, related_name="regles")
    ordre = models.PositiveSmallIntegerField("ordre")
    type = models.CharField("type proposé", max_length=12, choices=TypeOrientation)
    criteres = models.JSONField("critères", default=list)
    explication = models.CharField("raison en clair", max_length=250)
    organisme = models.CharField("organisme proposé", max_length=20, choices=OrganismeOarsa, blank=True)
    par_defaut = models.BooleanField("par défaut", default=False)

    class Meta:
        verbose_name = "règle d’orientation"
        verbose_name_plural = "règles d’orientation"
        ordering = ["ordre"]
        constraints = [models.UniqueConstraint(fields=["jeu", "ordre"], name="regle_ordre_unique")]

    def __str__(self) -> str:
        """Return the reason."""
        return self.explication


class Orientation(models.Model):
    """One orientation of a person over the half-open range `periode`; one at a time.

    `type_propose` is what the rules said (empty: no proposal), `type_decide` what a human decided: the gap is
    counted. `organisme` is the OARSA category at the date of decision. Source: CASF L262-29.
    """

    personne = models.ForeignKey(Personne, on_delete=models.CASCADE, related_name="orientations")
    rang = models.PositiveSmallIntegerField("rang", default=1)
    periode = DateRangeField("période")
    decidee_le = models.DateField("décidée le")
    notifiee_le = models.DateField("notifiée le", null=True, blank=True)
    type_propose = models.CharField("type proposé", max_length=12, choices=TypeOrientation, blank=True)
    motif_proposition = models.TextField("raisons de la proposition", blank=True)
    regle = models.ForeignKey(RegleOrientation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    type_decide = models.CharField("type décidé", max_length=12, choices=TypeOrientation)
    motif = models.ForeignKey(Motif, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    motif_texte = models.CharField("motif de la décision", max_length=250, blank=True)
    organisme = models.CharField("organisme référent (OARSA)", max_length=20, choices=OrganismeOarsa)
    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="orientations")
    mode = models.CharField("accompagnement", max_length=12, choices=ModeAccompagnement)
    origine = models.CharField(
        "origine", max_length=15, choices=OrigineOrientation, default=OrigineOrientation.MANUELLE
    )
    diagnostic = models.ForeignKey(Diagnostic, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    decidee_par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    depassement = models.BooleanField("au-delà de la capacité d’accueil", default=False, db_default=False)
    saisi_le = models.DateTimeField("saisi le", db_default=Now(), editable=False)

    objects = OrientationQuerySet.as_manager()

    class Meta:
        verbose_name = "orientation"
        ordering = ["-decidee_le", "-id"]
        constraints = [
            ExclusionConstraint(
                name="une_orientation_a_une_date",
                expressions=[(F("personne"), RangeOperators.EQUAL), ("periode", RangeOperators.OVERLAPS)],
                violation_error_message="Une autre orientation couvre déjà une partie de cette période.",
            ),
            models.CheckConstraint(condition=Q(periode__isempty=False), name="orientation_periode_non_vide"),
            models.CheckConstraint(
                condition=Q(type_propose="")
                | Q(type_propose=F("type_decide"))
                | Q(motif__isnull=False)
                | ~Q(motif_texte=""),
                name="orientation_ecart_motive",
                violation_error_message="Une décision différente de la proposition demande un motif.",
            ),
            models.CheckConstraint(
                condition=Q(depassement=False) | ~Q(motif_texte=""),
                name="orientation_depassement_motive",
                violation_error_message="Dépasser la capacité d’accueil demande une explication.",
            ),
        ]
        indexes = [
            models.Index(fields=["structure"], name="orientation_structure"),
            models.Index(fields=["decidee_le"], name="orientation_decidee_le"),
        ]

    def __str__(self) -> str:
        """Return the type."""
        return self.get_type_decide_display()

    def get_absolute_url(self) -> str:
        """Return the page of the decision."""
        return reverse("parcours:orientation", args=[self.pk])


class EtatDemande(models.TextChoices):
    """Life of a request."""

    EN_ATTENTE = "en_attente", "En attente"
    ACCEPTEE = "acceptee", "Acceptée"
    REFUSEE = "refusee", "Refusée"
    RETIREE = "retiree", "Retirée"


class DemandeReorientation(models.Model):
    """A request to change the orientation, its reason, its decision."""

    personne = models.ForeignKey(Personne, on_delete=models.CASCADE, related_name="demandes_reorientation")
    orientation = models.ForeignKey(Orientation, on_delete=models.CASCADE, related_name="demandes")
    type_demande = models.CharField("type demandé", max_length=12, choices=TypeOrientation)
    structure_demandee = models.ForeignKey(Structure, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    motif = models.ForeignKey(Motif, on_delete=models.PROTECT, related_name="+")
    commentaire = models.TextField("commentaire", blank=True)
    demandee_le = models.DateField("demandée le", default=timezone.localdate)
    demandee_par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    etat = models.CharField("état", max_length=10, choices=EtatDemande, default=EtatDemande.EN_ATTENTE)
    decidee_le = models.DateField("décidée le", null=True, blank=True)
    decidee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reponse = models.TextField("réponse", blank=True)
    orientation_decidee = models.OneToOneField(
        Orientation, on_delete=models.SET_NULL, null=True, blank=True, related_name="demande_acceptee"
    )

    objects = DemandeQuerySet.as_manager()

    class Meta:
        verbose_name = "demande de réorientation"
        verbose_name_plural = "demandes de réorientation"
        ordering = ["demandee_le", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["personne"],
                condition=Q(etat="en_attente"),
                name="une_demande_en_attente",
                violation_error_message="Une demande de réorientation attend déjà une décision.",
            ),
            models.CheckConstraint(
                condition=Q(etat__in=["en_attente", "retiree"])
                | Q(decidee_le__isnull=False, decidee_par__isnull=False),
                name="demande_decidee_date_et_auteur",
            ),
            models.CheckConstraint(
                condition=~Q(etat="refusee") | ~Q(reponse=""),
                name="demande_refus_motive",
                violation_error_message="Un refus se motive.",
            ),
        ]

    def __str__(self) -> str:
        """Return the type asked for."""
        return self.get_type_demande_display()

    def get_absolute_url(self) -> str:
        """Return the page of the request."""
        return reverse("parcours:reorientation", args=[self.pk])


class TransitionDemande(LigneEtat):
    """One change of state of a request."""

    demande = models.ForeignKey(DemandeReorientation, on_delete=models.CASCADE, related_name="transitions")

    class Meta(LigneEtat.Meta):
        verbose_name = "changement d’état d’une demande de réorientation"
        verbose_name_plural = "changements d’état des demandes de réorientation"

    @property
    def etat_dit(self) -> str:
        """Return the state reached, in words."""
        return EtatDemande(self.vers).label


class CapaciteAccueil(models.Model):
    """How many people a structure can receive at once over a period, by accompaniment mode (empty: all)."""

    structure = models.ForeignKey(Structure, on_delete=models.CASCADE, related_name="capacites")
    mode = models.CharField("accompagnement", max_length=12, choices=ModeAccompagnement, blank=True)
    places = models.PositiveIntegerField("places")
    periode = DateRangeField("période")

    objects = CapaciteQuerySet.as_manager()

    class Meta:
        verbose_name = "capacité d’accueil"
        verbose_name_plural = "capacités d’accueil"
        constraints = [
            ExclusionConstraint(
                name="une_capacite_a_une_date",
                expressions=[
                    (F("structure"), RangeOperators.EQUAL),
                    (F("mode"), RangeOperators.EQUAL),
                    ("periode", RangeOperators.OVERLAPS),
                ],
                violation_error_message="Une capacité existe déjà sur une partie de cette période.",
            ),
            models.CheckConstraint(condition=Q(periode__isempty=False), name="capacite_periode_non_vide"),
        ]

    def __str__(self) -> str:
        """Return the number of places."""
        return f"{self.places} places"


class AffectationReferent(models.Model):
    """The named référent of a person over `periode`; one at a time. Source: CASF L262-27.

    `referent` is an account; `referent_nom` the name when the delegated structure's agent has none.
    """

    personne = models.ForeignKey(Personne, on_delete=models.CASCADE, related_name="affectations")
    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="affectations")
    referent = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="affectations"
    )
    referent_nom = models.CharField("nom du référent", max_length=120, blank=True)
    binome = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    periode = DateRangeField("période")
    motif_fin = models.ForeignKey(Motif, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    designe_par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    saisi_le = models.DateTimeField("saisi le", db_default=Now(), editable=False)

    class Meta:
        verbose_name = "référent"
        ordering = ["personne_id", "-periode"]
        constraints = [
            ExclusionConstraint(
                name="un_referent_a_une_date",
                expressions=[(F("personne"), RangeOperators.EQUAL), ("periode", RangeOperators.OVERLAPS)],
                violation_error_message="Un autre référent suit déjà cette personne sur une partie de cette période.",
            ),
            models.CheckConstraint(
                condition=Q(referent__isnull=False) | ~Q(referent_nom=""),
                name="affectation_referent_nomme",
                violation_error_message="Désignez un référent, par son compte ou par son nom.",
            ),
            models.CheckConstraint(condition=Q(periode__isempty=False), name="affectation_periode_non_vide"),
        ]
        indexes = [
            models.Index(
                fields=["referent", "personne"], condition=Q(periode__endswith__isnull=True), name="portefeuille"
            )
        ]

    def __str__(self) -> str:
        """Return who."""
        return self.referent_nom or str(self.referent)

    @property
    def dernier_jour(self) -> datetime.date | None:
        """Return the last day, included; None when it is not over."""
        return dernier_jour(self.periode)
