"""Bodies of the pact: what they are, who sits there, for how long."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.urls import reverse

from actions.models import Programme
from gouvernance.querysets import InstanceQuerySet, MembreQuerySet
from pdi.socle.models import Piece
from pdi.structures.models import Structure
from pdi.territoires.models import Departement, TerritoireAction


class NatureInstance(models.TextChoices):
    """What a body is. Source: the bodies of the five documents."""

    ASSEMBLEE = "assemblee", "Assemblée délibérante"
    COMITE_PILOTAGE = "comite_pilotage", "Comité de pilotage"
    COMITE_TECHNIQUE = "comite_technique", "Comité technique"
    COMITE_TERRITORIAL = "comite_territorial", "Comité territorial"
    COMITE_SUIVI = "comite_suivi", "Comité de suivi"
    COMITE = "comite", "Comité"
    COMMISSION = "commission", "Commission"
    EP = "ep", "Équipe pluridisciplinaire"
    DIALOGUE = "dialogue", "Dialogue territorial"
    GROUPE_RESSOURCES = "groupe_ressources", "Groupe ressources"
    CONSEIL_CONSULTATIF = "conseil_consultatif", "Conseil consultatif"
    GROUPE_TRAVAIL = "groupe_travail", "Groupe de travail"
    COORDINATION = "coordination", "Instance de coordination"
    RESEAU = "reseau", "Réseau"
    OBSERVATOIRE = "observatoire", "Observatoire"
    RENCONTRE = "rencontre", "Rencontre, forum, atelier"
    AUTRE = "autre", "Autre"


class NiveauInstance(models.TextChoices):
    """How far it acts."""

    DEPARTEMENTAL = "departemental", "Départemental"
    TERRITORIAL = "territorial", "Territorial"
    LOCAL = "local", "Local"


class LectureBeneficiaires(models.TextChoices):
    """What the rules of procedure let members who represent beneficiaries read of the files of an EP."""

    ANONYME = "anonyme", "Un résumé sans nom"
    COMPLETE = "complete", "Le dossier, avec le nom"
    AUCUNE = "aucune", "Rien"


class Instance(models.Model):
    """A body. `composition` is the one printed in its source; who sits is `Membre`. `seances_par_an`: meetings due.

    `quorum`: voices needed (None: no quorum). `reference`: of another département, read only.
    """

    departement = models.ForeignKey(Departement, on_delete=models.PROTECT, related_name="instances")
    programme = models.ForeignKey(Programme, on_delete=models.SET_NULL, null=True, blank=True, related_name="instances")
    nom = models.CharField("nom", max_length=200)
    nature = models.CharField("nature", max_length=20, choices=NatureInstance)
    niveau = models.CharField("niveau", max_length=13, choices=NiveauInstance, default=NiveauInstance.DEPARTEMENTAL)
    territoire = models.ForeignKey(
        TerritoireAction, on_delete=models.PROTECT, null=True, blank=True, related_name="instances"
    )
    composition = ArrayField(models.CharField(max_length=250), default=list, blank=True, verbose_name="composition")
    missions = ArrayField(models.CharField(max_length=400), default=list, blank=True, verbose_name="missions")
    animateur = models.CharField("présidence ou animation", max_length=250, blank=True)
    secretaires = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="instances_tenues", verbose_name="secrétaires"
    )
    frequence_texte = models.CharField("fréquence", max_length=120, blank=True)
    seances_par_an = models.PositiveSmallIntegerField("séances dues par an", null=True, blank=True)
    quorum = models.PositiveSmallIntegerField("quorum", null=True, blank=True)
    lecture_beneficiaires = models.CharField(
        "ce que lisent les représentants des bénéficiaires", max_length=8, choices=LectureBeneficiaires,
        default=LectureBeneficiaires.ANONYME,
    )  # fmt: skip
    active = models.BooleanField("se réunit encore", default=True)
    reference = models.BooleanField("d’un autre département", default=False)
    source = models.CharField("source", max_length=200, blank=True)
    version = models.PositiveIntegerField("version", default=1)
    demonstration = models.BooleanField("donnée de démonstration", default=False)

    objects = InstanceQuerySet.as_manager()

    class Meta:
        verbose_name = "instance"
        ordering = ["nom", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["departement", "nom", "territoire"],
                nulls_distinct=False,
                name="instance_unique",
                violation_error_message="Cette instance existe déjà.",
            ),
            models.CheckConstraint(
                condition=Q(quorum__isnull=True) | Q(quorum__gt=0),
                name="instance_quorum_positif",
                violation_error_message="Un quorum est d’au moins une voix.",
            ),
        ]

    def __str__(self) -> str:
        """Return its name, with its territory."""
        return f"{self.nom} – {self.territoire}" if self.territoire_id else self.nom

    def get_absolute_url(self) -> str:
        """Return its page."""
        return reverse("gouvernance:instance", args=[self.pk])


class ReglementInstance(Piece):
    """The rules of procedure of a body, a file."""

    instance = models.ForeignKey(Instance, on_delete=models.CASCADE, related_name="reglements")

    class Meta(Piece.Meta):
        verbose_name = "règlement intérieur"
        verbose_name_plural = "règlements intérieurs"


class CollegeMembre(models.TextChoices):
    """As what somebody sits."""

    ELU = "elu", "Élu"
    DEPARTEMENT = "departement", "Services du Département"
    SIGNATAIRE = "signataire", "Signataire du pacte"
    PARTENAIRE = "partenaire", "Partenaire"
    PROFESSIONNEL = "professionnel", "Professionnel de l’insertion"
    BENEFICIAIRE = "beneficiaire", "Représentant des bénéficiaires"
    INVITE = "invite", "Invité"


class Membre(models.Model):
    """Somebody's seat over `mandat` (half-open dates). An account, or a name and an e-mail; for a structure or not.

    `voix`: deliberative. `suppleant_de`: stands in for that seat. A beneficiary's name is for who keeps the body.
    """

    instance = models.ForeignKey(Instance, on_delete=models.CASCADE, related_name="membres")
    compte = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="sieges"
    )
    nom = models.CharField("nom et prénom", max_length=150, blank=True)
    courriel = models.EmailField("courriel", blank=True)
    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, null=True, blank=True, related_name="sieges")
    qualite = models.CharField("qualité", max_length=150, blank=True)
    college = models.CharField("collège", max_length=13, choices=CollegeMembre, default=CollegeMembre.PARTENAIRE)
    voix = models.BooleanField("voix délibérative", default=True)
    preside = models.BooleanField("préside", default=False)
    suppleant_de = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="suppleants"
    )
    mandat = DateRangeField("mandat")
    demonstration = models.BooleanField("donnée de démonstration", default=False)

    objects = MembreQuerySet.as_manager()

    class Meta:
        verbose_name = "membre"
        ordering = ["-preside", "college", "nom", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(mandat__isempty=False),
                name="membre_mandat_non_vide",
                violation_error_message="Le mandat finit avant de commencer.",
            ),
            models.CheckConstraint(
                condition=Q(compte__isnull=False) | ~Q(nom="") | Q(structure__isnull=False),
                name="membre_nomme",
                violation_error_message="Donnez un compte, un nom ou une structure.",
            ),
            models.CheckConstraint(
                condition=Q(suppleant_de__isnull=True) | Q(voix=False),
                name="membre_suppleant_sans_voix",
                violation_error_message="Un suppléant vote à la place de son titulaire : il n’a pas sa propre voix.",
            ),
            ExclusionConstraint(
                name="membre_un_siege_a_la_fois",
                expressions=[
                    ("instance", RangeOperators.EQUAL),
                    ("compte", RangeOperators.EQUAL),
                    ("mandat", RangeOperators.OVERLAPS),
                ],
                condition=Q(compte__isnull=False),
                violation_error_message="Cette personne siège déjà dans l’instance à ces dates.",
            ),
        ]

    def __str__(self) -> str:
        """Return who sits."""
        return self.nom or (str(self.compte) if self.compte_id else str(self.structure))
