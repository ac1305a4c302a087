"""Dated configuration: legal regimes, reasons. What a law changes is a row, not a constant."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q


class RegimeJuridique(models.Model):
    """The parameters in force over `validite`: a 2019 file is judged by 2019 rules.

    `parametres` is read by parcours.regles.delais (all keys optional). Lengths are {"valeur": 2, "unite": "jours |
    semaines | mois"}, or a bare number of months for keys in _mois, of days otherwise: delai_orientation,
    cible_interne_orientation, delai_france_travail, delai_premier_rdv, delai_contrat, delai_contrat_social_mois,
    revision_mois, revision_protegee_mois, revision_max_mois, contradictoire_jours, delai_reponse_prescription (time an
    operator has to answer; the département's own). Others: contrat_depuis
    (orientation | notification), contrat_non_du (organisms), revision_types, heures_hebdo_min, nature_contrat,
    nom_contrat, sanctions (list of steps), types_orientation (wording by type), references (text by key).
    Source: DOMAINE annex, section 1.
    """

    code = models.SlugField("code", max_length=30, unique=True)
    intitule = models.CharField("intitulé", max_length=120)
    validite = DateRangeField("validité")
    parametres = models.JSONField("paramètres", default=dict)
    source = models.CharField("source", max_length=250, blank=True)

    class Meta:
        verbose_name = "régime juridique"
        verbose_name_plural = "régimes juridiques"
        ordering = ["validite"]
        constraints = [
            ExclusionConstraint(
                name="un_regime_a_une_date",
                expressions=[("validite", RangeOperators.OVERLAPS)],
                violation_error_message="Un autre régime couvre déjà une partie de cette période.",
            ),
            models.CheckConstraint(condition=Q(validite__isempty=False), name="regime_validite_non_vide"),
        ]

    def __str__(self) -> str:
        """Return the title."""
        return self.intitule


class NatureMotif(models.TextChoices):
    """What a reason is for."""

    ORIENTATION = "orientation", "Orientation"
    REORIENTATION = "reorientation", "Réorientation"
    FIN_REFERENT = "fin_referent", "Fin de suivi par un référent"
    REFUS_PRESCRIPTION = "refus_prescription", "Refus d’une prescription"
    FIN_ACCOMPAGNEMENT = "fin_accompagnement", "Fin d’accompagnement"
    DISPENSE = "dispense", "Réduction ou dispense d’activité"
    REFUS_CONTRAT = "refus_contrat", "Refus d’un contrat"


class Motif(models.Model):
    """A reason from a versioned list (valid over a period, never deleted once used)."""

    nature = models.CharField("nature", max_length=20, choices=NatureMotif)
    code = models.SlugField("code", max_length=40)
    libelle = models.CharField("libellé", max_length=150)
    validite = DateRangeField("validité")
    ordre = models.PositiveSmallIntegerField("ordre", default=0)

    class Meta:
        verbose_name = "motif"
        ordering = ["nature", "ordre", "libelle"]
        constraints = [models.UniqueConstraint(fields=["nature", "code"], name="motif_code_unique")]

    def __str__(self) -> str:
        """Return the label."""
        return self.libelle
