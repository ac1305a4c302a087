"""An offer of insertion: what a prescription needs to know of it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from actions.models import FicheAction
from offre.querysets import OffreQuerySet
from pdi.structures.models import Structure
from pdi.territoires.models import Departement

from .referentiel import Frein


class CategorieOffre(models.TextChoices):
    """The three categories of Essonne's catalogue."""

    EMPLOI = "emploi", "Emploi"
    SOCIO_PRO = "socio-professionnelle", "Insertion socio-professionnelle"
    SOCIALE = "sociale", "Insertion sociale"


class EtatOffre(models.TextChoices):
    """Life of an offer sheet."""

    BROUILLON = "brouillon", "Brouillon"
    EN_RELECTURE = "en_relecture", "En relecture"
    PUBLIEE = "publiee", "Publiée"
    SUSPENDUE = "suspendue", "Suspendue"
    ARCHIVEE = "archivee", "Archivée"


class OffreInsertion(models.Model):
    """One offer. `places` is a number in `places_unite`; ages are inclusive years; durations in months and hours."""

    departement = models.ForeignKey(Departement, on_delete=models.PROTECT, related_name="offres")
    numero = models.CharField("numéro", max_length=10, blank=True)
    ordre = models.PositiveSmallIntegerField("ordre", default=0)
    categorie = models.CharField("catégorie", max_length=25, choices=CategorieOffre)
    intitule = models.CharField("intitulé", max_length=200)
    objectifs = ArrayField(models.TextField(), default=list, blank=True)
    publics = ArrayField(models.TextField(), default=list, blank=True)
    conditions_acces = ArrayField(models.TextField(), default=list, blank=True)
    contenu = ArrayField(models.TextField(), default=list, blank=True)
    thematiques = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    age_min = models.PositiveSmallIntegerField("âge minimal", null=True, blank=True)
    age_max = models.PositiveSmallIntegerField("âge maximal", null=True, blank=True)
    places = models.PositiveIntegerField("places", null=True, blank=True)
    places_unite = models.CharField("unité des places", max_length=40, blank=True)
    places_detail = models.CharField("précision sur les places", max_length=250, blank=True)
    duree_texte = models.CharField("durée", max_length=250, blank=True)
    duree_min_mois = models.DecimalField("durée minimale (mois)", max_digits=5, decimal_places=2, null=True, blank=True)
    duree_max_mois = models.DecimalField("durée maximale (mois)", max_digits=5, decimal_places=2, null=True, blank=True)
    heures = models.DecimalField("heures", max_digits=7, decimal_places=1, null=True, blank=True)
    documents = models.CharField("documents à apporter", max_length=250, blank=True)
    operateurs = models.ManyToManyField(Structure, blank=True, related_name="offres")
    freins = models.ManyToManyField(Frein, blank=True, related_name="offres")
    fiches = models.ManyToManyField(FicheAction, blank=True, related_name="offres")
    prescription_referent = models.BooleanField("prescrite par les référents", default=True)
    prescription_prestataire = models.BooleanField("prescrite par les prestataires", default=False)
    auto_prescription = models.BooleanField("auto-prescription possible", default=False)
    etat = models.CharField("état", max_length=12, choices=EtatOffre, default=EtatOffre.BROUILLON)
    source = models.CharField("source", max_length=200, blank=True)

    objects = OffreQuerySet.as_manager()

    class Meta:
        verbose_name = "offre d’insertion"
        verbose_name_plural = "offres d’insertion"
        ordering = ["ordre", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["departement", "numero"],
                condition=~Q(numero=""),
                name="offre_numero_unique",
                violation_error_message="Ce numéro d’offre existe déjà.",
            ),
            models.CheckConstraint(
                condition=Q(age_min__isnull=True) | Q(age_max__isnull=True) | Q(age_max__gte=F("age_min")),
                name="offre_ages_dans_l_ordre",
                violation_error_message="L’âge maximal est inférieur à l’âge minimal.",
            ),
        ]

    def __str__(self) -> str:
        """Return number and title."""
        return f"{self.numero} {self.intitule}".strip()

    def get_absolute_url(self) -> str:
        """Return the offer's page."""
        return reverse("offre:offre", args=[self.pk])

    @property
    def ages(self) -> str:
        """Return the ages in words, empty when the offer has no bound."""
        if self.age_min is not None and self.age_max is not None:
            return f"de {self.age_min} à {self.age_max} ans"
        if self.age_max is not None:
            return f"moins de {self.age_max + 1} ans"
        return f"{self.age_min} ans ou plus" if self.age_min is not None else ""

    @property
    def prescripteurs(self) -> list[str]:
        """Return who may prescribe the offer, in words."""
        ouverts = (
            (self.prescription_referent, "les référents de parcours"),
            (self.prescription_prestataire, "les prestataires de l’offre d’insertion"),
            (self.auto_prescription, "la personne elle-même"),
        )
        return [qui for ouvert, qui in ouverts if ouvert]
