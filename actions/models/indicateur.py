"""Indicators of a fiche: definition, targets per year."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse

from actions.querysets import IndicateurQuerySet

from .fiche import FicheAction


class NatureIndicateur(models.TextChoices):
    """As printed: a rate may stand among the qualitative ones."""

    QUANTITATIF = "quantitatif", "Quantitatif"
    QUALITATIF = "qualitatif", "Qualitatif"


class SensIndicateur(models.TextChoices):
    """Which way is better."""

    HAUSSE = "hausse", "Plus c’est haut, mieux c’est"
    BAISSE = "baisse", "Plus c’est bas, mieux c’est"
    NEUTRE = "neutre", "Ni l’un ni l’autre"


class Periodicite(models.TextChoices):
    """How often a value is due. BISANNUELLE is twice a year (semester ends) unless the text says otherwise."""

    MENSUELLE = "mensuelle", "Mensuelle"
    TRIMESTRIELLE = "trimestrielle", "Trimestrielle"
    SEMESTRIELLE = "semestrielle", "Semestrielle"
    ANNUELLE = "annuelle", "Annuelle"
    BISANNUELLE = "bisannuelle", "Bi-annuelle (lecture retenue\u00a0: deux fois par an)"
    PERMANENTE = "permanente", "Permanente"
    EVENEMENT = "evenement", "À l’événement"


class SourceIndicateur(models.TextChoices):
    """Where values come from."""

    SAISI = "saisi", "Saisi"
    CALCULE = "calcule", "Calculé"


class AgregationIndicateur(models.TextChoices):
    """How the values of a year make the yearly one."""

    SOMME = "somme", "Somme des valeurs de l’année"
    DERNIERE = "derniere", "Dernière valeur de l’année"


# Counts, amounts and durations add up over a year; rates, delays, ratios and words do not.
UNITES_SOMMABLES = frozenset({"nombre", "€", "heures", "h", "jours", "nombre/mois"})


def agregation_par_defaut(unite: str) -> str:
    """Return how the values of a year combine, from the unit alone."""
    return AgregationIndicateur.SOMME if unite in UNITES_SOMMABLES else AgregationIndicateur.DERNIERE


class ChampAgregation(models.CharField):  # type: ignore[type-arg]  # not subscriptable at run time
    """A field that derives its value from the unit when none is chosen, bulk writes included."""

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Fill an empty value before it is written."""
        valeur = super().pre_save(model_instance, add)
        if not valeur and isinstance(model_instance, Indicateur):
            valeur = agregation_par_defaut(model_instance.unite)
            setattr(model_instance, self.attname, valeur)
        return valeur


class Indicateur(models.Model):
    """One indicator of one fiche. `unite` « texte » means an appreciation in words.

    A computed indicator names its declaration in the registry by `calcul`. `agregation` left empty is derived
    from the unit. `version` grows at each change of the definition.
    """

    fiche = models.ForeignKey(FicheAction, on_delete=models.CASCADE, related_name="indicateurs")
    ordre = models.PositiveSmallIntegerField("ordre", default=0)
    libelle = models.CharField("libellé", max_length=300)
    groupe = models.CharField("regroupement", max_length=200, blank=True)
    nature = models.CharField("nature", max_length=12, choices=NatureIndicateur)
    unite = models.CharField("unité", max_length=30, default="nombre")
    sens = models.CharField("sens", max_length=10, choices=SensIndicateur, default=SensIndicateur.HAUSSE)
    periodicite = models.CharField("périodicité", max_length=14, choices=Periodicite, default=Periodicite.ANNUELLE)
    agregation = ChampAgregation(
        "valeur de l’année", max_length=8, choices=AgregationIndicateur, default="", blank=True
    )
    source = models.CharField("source", max_length=8, choices=SourceIndicateur, default=SourceIndicateur.SAISI)
    calcul = models.CharField("code du calcul", max_length=60, blank=True)
    definition = models.TextField("définition", blank=True)
    numerateur_libelle = models.CharField("au numérateur", max_length=250, blank=True)
    denominateur_libelle = models.CharField("au dénominateur", max_length=250, blank=True)
    producteur = models.CharField("producteur de la donnée", max_length=150, blank=True)
    methode = models.TextField("méthode et limites", blank=True)
    reference_valeur = models.DecimalField(
        "valeur de référence", max_digits=16, decimal_places=4, null=True, blank=True
    )
    reference_annee = models.PositiveSmallIntegerField("année de référence", null=True, blank=True)
    cible_imprimee = models.DecimalField("cible imprimée", max_digits=16, decimal_places=4, null=True, blank=True)
    actif = models.BooleanField("suivi", default=True)
    version = models.PositiveIntegerField("version", default=1)

    objects = IndicateurQuerySet.as_manager()

    class Meta:
        verbose_name = "indicateur"
        ordering = ["ordre", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["fiche", "libelle", "groupe"],
                name="indicateur_libelle_unique",
                violation_error_message="Cet indicateur existe déjà dans la fiche.",
            ),
            models.CheckConstraint(
                condition=Q(source="saisi", calcul="") | (Q(source="calcule") & ~Q(calcul="")),
                name="indicateur_calcul_selon_source",
                violation_error_message="Un indicateur calculé nomme son calcul ; un indicateur saisi n’en a pas.",
            ),
            models.CheckConstraint(
                condition=Q(agregation__in=AgregationIndicateur.values), name="indicateur_agregation_connue"
            ),
        ]

    def __str__(self) -> str:
        """Return the label."""
        return self.libelle

    def get_absolute_url(self) -> str:
        """Return the page of the indicator."""
        return reverse("actions:indicateur", args=[self.pk])

    @property
    def chiffrable(self) -> bool:
        """Return whether values are numbers (whatever the printed nature says)."""
        return self.unite != "texte"


class CibleIndicateur(models.Model):
    """The value to reach in a year. `imprimee` when the adopted document prints it."""

    indicateur = models.ForeignKey(Indicateur, on_delete=models.CASCADE, related_name="cibles")
    annee = models.PositiveSmallIntegerField("année")
    valeur = models.DecimalField("cible", max_digits=16, decimal_places=4)
    imprimee = models.BooleanField("imprimée dans le document", default=False)
    demonstration = models.BooleanField("donnée de démonstration", default=False)

    class Meta:
        verbose_name = "cible"
        ordering = ["annee"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicateur", "annee"],
                name="cible_annee_unique",
                violation_error_message="Une cible existe déjà pour cette année.",
            )
        ]

    def __str__(self) -> str:
        """Return « année : valeur »."""
        return f"{self.annee} : {self.valeur}"
