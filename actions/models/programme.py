"""A programme (PDI, PTI, schéma), its strategic tree and its signatories."""

from __future__ import annotations

import datetime

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from actions.querysets import AxeQuerySet, ProgrammeQuerySet, SignataireQuerySet
from pdi.socle.models import Piece
from pdi.structures.models import Structure
from pdi.territoires.models import Departement

from .gabarit import GabaritFiche


class NatureProgramme(models.TextChoices):
    """Legal nature. Sources: CASF L263-1 (PDI) and L263-2 (PTI)."""

    PDI = "PDI", "Programme départemental d’insertion"
    PTI = "PTI", "Pacte territorial d’insertion"
    PTI_PDI = "PTI-PDI", "Pacte territorial et programme départemental d’insertion"
    SCHEMA = "SCHEMA", "Schéma départemental"


class EtatProgramme(models.TextChoices):
    """Life of a programme."""

    PREPARATION = "preparation", "En préparation"
    EN_VIGUEUR = "en_vigueur", "En vigueur"
    ECHU = "echu", "Échu"


class Programme(models.Model):
    """One programme of one département over whole years [annee_debut, annee_fin].

    `reference` marks another département's programme, loaded to compare with: read-only for all.
    """

    code = models.SlugField("code", max_length=60, unique=True)
    intitule = models.CharField("intitulé", max_length=250)
    intitule_court = models.CharField("intitulé court", max_length=80)
    nature = models.CharField("nature", max_length=10, choices=NatureProgramme)
    departement = models.ForeignKey(Departement, on_delete=models.PROTECT, related_name="programmes")
    annee_debut = models.PositiveSmallIntegerField("première année")
    annee_fin = models.PositiveSmallIntegerField("dernière année")
    date_adoption = models.DateField("date d’adoption", null=True, blank=True)
    reference_deliberation = models.CharField("n° de délibération", max_length=60, blank=True)
    gabarit = models.ForeignKey(GabaritFiche, on_delete=models.PROTECT, related_name="programmes")
    etat = models.CharField("état", max_length=12, choices=EtatProgramme, default=EtatProgramme.PREPARATION)
    reference = models.BooleanField("programme de référence (autre département)", default=False)
    en_ligne = models.BooleanField("page publique du pacte en ligne", default=False)
    demonstration = models.BooleanField("donnée de démonstration", default=False)
    source = models.CharField("source", max_length=200, blank=True)
    version = models.PositiveIntegerField("version", default=1)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = "programme"
        ordering = ["reference", "-annee_debut", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(annee_fin__gte=F("annee_debut")),
                name="programme_annees_dans_l_ordre",
                violation_error_message="La dernière année précède la première.",
            ),
            models.CheckConstraint(
                condition=Q(annee_debut__gte=1988, annee_fin__lte=2100),
                name="programme_annees_plausibles",
                violation_error_message="Les années attendues vont de 1988 (création du RMI) à 2100.",
            ),
            models.CheckConstraint(
                condition=Q(en_ligne=False) | Q(reference=False),
                name="programme_reference_hors_ligne",
                violation_error_message="Le programme d’un autre département n’a pas de page publique ici.",
            ),
        ]

    def __str__(self) -> str:
        """Return the short title and the years."""
        return f"{self.intitule_court} {self.periode_texte}"

    def get_absolute_url(self) -> str:
        """Return the page of the programme."""
        return reverse("actions:programme", args=[self.code])

    @property
    def periode_texte(self) -> str:
        """Return « 2022-2026 »."""
        return f"{self.annee_debut}-{self.annee_fin}"

    @property
    def annees(self) -> range:
        """Return the years of the programme."""
        return range(self.annee_debut, self.annee_fin + 1)

    def annee_de_travail(self, jour: datetime.date) -> int:
        """Return the year a visitor expects on `jour`: the running one, kept inside the programme."""
        return max(self.annee_debut, min(self.annee_fin, jour.year))


class NiveauStrategique(models.Model):
    """What the programme calls one level of its tree (« axe », « orientation », « thématique »)."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="niveaux")
    rang = models.PositiveSmallIntegerField("rang")
    singulier = models.CharField("au singulier", max_length=40)
    pluriel = models.CharField("au pluriel", max_length=40)

    class Meta:
        verbose_name = "niveau stratégique"
        verbose_name_plural = "niveaux stratégiques"
        ordering = ["programme_id", "rang"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "rang"], name="niveau_rang_unique"),
            models.CheckConstraint(
                condition=Q(rang__gte=1, rang__lte=3),
                name="niveau_trois_au_plus",
                violation_error_message="L’arbre stratégique compte trois niveaux au plus.",
            ),
        ]

    def __str__(self) -> str:
        """Return the singular name."""
        return self.singulier


class Axe(models.Model):
    """A node of the strategic tree, at depth `rang` (1 to 3). The number is text, as printed."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="axes")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="enfants")
    rang = models.PositiveSmallIntegerField("rang", default=1)
    numero = models.CharField("numéro", max_length=20, blank=True)
    intitule = models.CharField("intitulé", max_length=300)
    ordre = models.PositiveSmallIntegerField("ordre", default=0)

    objects = AxeQuerySet.as_manager()

    class Meta:
        verbose_name = "axe"
        ordering = ["ordre", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(rang=1, parent__isnull=True) | Q(rang__in=[2, 3], parent__isnull=False),
                name="axe_rang_selon_parent",
                violation_error_message="Un élément de premier niveau n’a pas de parent, les autres en ont un.",
            ),
            models.UniqueConstraint(
                fields=["programme", "parent", "intitule"],
                nulls_distinct=False,
                name="axe_intitule_unique",
                violation_error_message="Cet intitulé existe déjà au même endroit de l’arbre.",
            ),
        ]

    def __str__(self) -> str:
        """Return « numéro – intitulé »."""
        return f"{self.numero} – {self.intitule}" if self.numero else self.intitule


class EtatSignature(models.TextChoices):
    """Where a signature stands: read from its dates, never stored."""

    ATTENDUE = "attendue", "Attendue"
    SIGNEE = "signee", "Signée"
    REFUSEE = "refusee", "Refusée"


class PreuveSignature(Piece):
    """The signed page of a partner. It hangs from the programme: the rows of signatories may be written again."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="preuves_signature")

    class Meta(Piece.Meta):
        verbose_name = "preuve de signature"
        verbose_name_plural = "preuves de signature"


class Signataire(models.Model):
    """Who signs the programme, and when (None: date not printed or not yet signed). `signe_par`: the person's name."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="signataires")
    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="signatures")
    libelle = models.CharField("tel qu’imprimé", max_length=250, blank=True)
    qualite = models.CharField("qualité du signataire", max_length=120, blank=True)
    signe_par = models.CharField("nom du signataire", max_length=150, blank=True)
    signe_le = models.DateField("signé le", null=True, blank=True)
    refuse_le = models.DateField("refusé le", null=True, blank=True)
    motif_refus = models.CharField("motif du refus", max_length=250, blank=True)
    preuve = models.ForeignKey(
        PreuveSignature, on_delete=models.SET_NULL, null=True, blank=True, related_name="signataires"
    )
    ordre = models.PositiveSmallIntegerField("ordre", default=0)
    version = models.PositiveIntegerField("version", default=1)
    demonstration = models.BooleanField("donnée de démonstration", default=False)

    objects = SignataireQuerySet.as_manager()

    class Meta:
        verbose_name = "signataire"
        ordering = ["ordre", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "structure", "qualite"],
                name="signataire_unique",
                violation_error_message="Cette structure figure déjà parmi les signataires.",
            ),
            models.CheckConstraint(
                condition=Q(signe_le__isnull=True) | Q(refuse_le__isnull=True),
                name="signataire_signe_ou_refuse",
                violation_error_message="Une signature est donnée ou refusée, pas les deux.",
            ),
            models.CheckConstraint(
                condition=Q(refuse_le__isnull=True) | ~Q(motif_refus=""),
                name="signataire_refus_motive",
                violation_error_message="Dites pourquoi la signature est refusée.",
            ),
        ]

    def __str__(self) -> str:
        """Return the wording."""
        return self.libelle or str(self.structure)

    @property
    def etat(self) -> EtatSignature:
        """Return where the signature stands."""
        if self.signe_le:
            return EtatSignature.SIGNEE
        return EtatSignature.REFUSEE if self.refuse_le else EtatSignature.ATTENDUE
