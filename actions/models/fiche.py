"""The fiche-action: a typed core, every part optional, worded by its programme's layout."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from actions.querysets import FicheQuerySet
from pdi.structures.models import Structure

from .programme import Axe, Programme


class StatutFiche(models.TextChoices):
    """Where the action stands."""

    A_VENIR = "a_venir", "À venir"
    EN_COURS = "en_cours", "En cours"
    REALISEE = "realisee", "Réalisée"
    EN_PAUSE = "en_pause", "En pause"
    ABANDONNEE = "abandonnee", "Abandonnée"
    BLOQUEE = "bloquee", "Bloquée"
    EN_RETARD = "en_retard", "En retard"
    A_DISCUTER = "a_discuter", "À discuter"


class Priorite(models.IntegerChoices):
    """Priority, higher first."""

    BASSE = 1, "Basse"
    NORMALE = 2, "Normale"
    HAUTE = 3, "Haute"


class CadreAction(models.Model):
    """A framework an action belongs to or reports to (PDI, PTI, SPIE, Plan pauvreté, FSE…)."""

    code = models.SlugField("code", max_length=30, unique=True)
    libelle = models.CharField("libellé", max_length=80)
    description = models.CharField("description", max_length=250, blank=True)

    class Meta:
        verbose_name = "cadre"
        ordering = ["libelle"]

    def __str__(self) -> str:
        """Return the label."""
        return self.libelle


class FicheAction(models.Model):
    """One fiche-action.

    `numero` is text as printed (« 2.1 », « 3-13 », « IV »); `ordre` sorts. List fields hold one plain
    sentence per element. `cout_total` is the printed total of the funding plan in euros (None: not printed):
    it is compared with the sum of the funders, never deduced from it.
    """

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="fiches")
    axe = models.ForeignKey(Axe, on_delete=models.PROTECT, null=True, blank=True, related_name="fiches")
    numero = models.CharField("numéro", max_length=20)
    ordre = models.PositiveSmallIntegerField("ordre", default=0)
    intitule = models.CharField("intitulé", max_length=300)
    contexte = models.TextField("contexte", blank=True)
    objectifs_generaux = ArrayField(models.TextField(), default=list, blank=True)
    publics = ArrayField(models.TextField(), default=list, blank=True)
    territoires = ArrayField(models.TextField(), default=list, blank=True)
    conditions_reussite = ArrayField(models.TextField(), default=list, blank=True)
    calendrier_texte = models.TextField("calendrier", blank=True)
    debut = models.DateField("début", null=True, blank=True)
    fin = models.DateField("fin", null=True, blank=True)
    permanente = models.BooleanField("action permanente, sans date de fin", default=False)
    periodicite_evaluation = models.CharField("périodicité de l’évaluation", max_length=20, blank=True)
    periodicite_texte = models.CharField("périodicité, telle qu’imprimée", max_length=250, blank=True)
    cout_total = models.DecimalField("coût total prévu (€)", max_digits=14, decimal_places=2, null=True, blank=True)
    cout_commentaire = models.CharField("précision sur le coût", max_length=250, blank=True)
    statut = models.CharField("statut", max_length=12, choices=StatutFiche, default=StatutFiche.A_VENIR)
    statut_motif = models.CharField("motif du statut", max_length=250, blank=True)
    priorite = models.PositiveSmallIntegerField("priorité", choices=Priorite, default=Priorite.NORMALE)
    restreinte = models.BooleanField("fiche restreinte à ses acteurs", default=False)
    cadres = models.ManyToManyField(CadreAction, blank=True, related_name="fiches", verbose_name="cadres")
    recherche = models.TextField("texte de recherche", blank=True, editable=False)
    version = models.PositiveIntegerField("version", default=1)
    modifiee_le = models.DateTimeField("modifiée le", auto_now=True)

    objects = FicheQuerySet.as_manager()

    class Meta:
        verbose_name = "fiche-action"
        verbose_name_plural = "fiches-actions"
        ordering = ["ordre", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "numero"],
                name="fiche_numero_unique",
                violation_error_message="Ce numéro de fiche existe déjà dans le programme.",
            ),
            models.CheckConstraint(
                condition=Q(debut__isnull=True) | Q(fin__isnull=True) | Q(fin__gte=F("debut")),
                name="fiche_dates_dans_l_ordre",
                violation_error_message="La date de fin précède la date de début.",
            ),
            models.CheckConstraint(
                condition=~Q(permanente=True) | Q(fin__isnull=True),
                name="fiche_permanente_sans_fin",
                violation_error_message="Une action permanente n’a pas de date de fin.",
            ),
            models.CheckConstraint(
                condition=Q(cout_total__isnull=True) | Q(cout_total__gte=0),
                name="fiche_cout_positif",
                violation_error_message="Un coût ne peut pas être négatif.",
            ),
        ]
        indexes = [GinIndex(fields=["recherche"], opclasses=["gin_trgm_ops"], name="fiche_recherche_trgm")]

    def __str__(self) -> str:
        """Return « numéro intitulé »."""
        return f"{self.numero} {self.intitule}"

    def get_absolute_url(self) -> str:
        """Return the page of the fiche."""
        return reverse("actions:fiche", args=[self.pk])


class TypeRole(models.TextChoices):
    """What a structure does in a fiche."""

    PILOTE = "pilote", "Pilote"
    COPILOTE = "copilote", "Copilote"
    PARTENAIRE_INTERNE = "partenaire_interne", "Partenaire interne"
    PARTENAIRE_EXTERNE = "partenaire_externe", "Partenaire externe"
    MISE_EN_OEUVRE_INTERNE = "mise_en_oeuvre_interne", "Mise en œuvre interne"
    MISE_EN_OEUVRE_EXTERNE = "mise_en_oeuvre_externe", "Mise en œuvre externe"


class RoleFiche(models.Model):
    """A structure's role in a fiche, optionally held by an account. `libelle` keeps the printed wording."""

    fiche = models.ForeignKey(FicheAction, on_delete=models.CASCADE, related_name="roles")
    type = models.CharField("rôle", max_length=25, choices=TypeRole)
    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="roles_fiches")
    utilisateur = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="roles_fiches"
    )
    libelle = models.CharField("tel qu’imprimé", max_length=250, blank=True)
    precision = models.CharField("précision", max_length=200, blank=True)
    ordre = models.PositiveSmallIntegerField("ordre", default=0)

    class Meta:
        verbose_name = "rôle dans la fiche"
        verbose_name_plural = "rôles dans la fiche"
        ordering = ["type", "ordre", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["fiche", "type", "structure", "utilisateur"],
                nulls_distinct=False,
                name="role_fiche_unique",
                violation_error_message="Cette structure a déjà ce rôle dans la fiche.",
            )
        ]

    def __str__(self) -> str:
        """Return « rôle : structure »."""
        return f"{self.get_type_display()} : {self.structure}"


class LienFiche(models.Model):
    """A link from a fiche to another of the same programme; `imprime` says whether the document prints it."""

    source = models.ForeignKey(FicheAction, on_delete=models.CASCADE, related_name="liens_sortants")
    cible = models.ForeignKey(FicheAction, on_delete=models.CASCADE, related_name="liens_entrants")
    commentaire = models.CharField("commentaire", max_length=250, blank=True)
    imprime = models.BooleanField("imprimé dans le document", default=False)

    class Meta:
        verbose_name = "lien entre fiches"
        verbose_name_plural = "liens entre fiches"
        constraints = [
            models.UniqueConstraint(
                fields=["source", "cible"], name="lien_unique", violation_error_message="Ces fiches sont déjà liées."
            ),
            models.CheckConstraint(
                condition=~Q(source=F("cible")),
                name="lien_vers_une_autre_fiche",
                violation_error_message="Une fiche ne peut pas être liée à elle-même.",
            ),
        ]

    def __str__(self) -> str:
        """Return « source → cible »."""
        return f"{self.source_id} → {self.cible_id}"
