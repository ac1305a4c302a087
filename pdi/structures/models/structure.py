"""Organisms and their services: a tree, without duplicates."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from pdi.structures.querysets import StructureQuerySet
from pdi.structures.regles import cle_nom, siret_valide
from pdi.territoires.models import Departement


class NatureStructure(models.TextChoices):
    """What an organism is. The order is the one of lists."""

    DEPARTEMENT = "departement", "Conseil départemental"
    DIRECTION = "direction", "Direction du Département"
    SERVICE = "service", "Service du Département"
    ETAT = "etat", "Service de l’État"
    REGION = "region", "Conseil régional"
    COMMUNE = "commune", "Commune, intercommunalité, CCAS"
    EMPLOI = "emploi", "Service public de l’emploi"
    PROTECTION_SOCIALE = "protection_sociale", "Organisme de protection sociale"
    SIAE = "siae", "Structure d’insertion par l’activité économique"
    ASSOCIATION = "association", "Association"
    ENTREPRISE = "entreprise", "Entreprise, chambre consulaire"
    SANTE = "sante", "Organisme de santé"
    ENSEIGNEMENT = "enseignement", "Enseignement, formation"
    COLLECTIF = "collectif", "Catégorie d’acteurs"
    AUTRE = "autre", "Autre organisme"


def valider_siret(valeur: str) -> None:
    """Raise ValidationError unless `valeur` is a SIRET."""
    if not siret_valide(valeur):
        raise ValidationError("Ce SIRET n’est pas valide : 14 chiffres attendus, clé de contrôle comprise.")


class Structure(models.Model):
    """An organism or one of its services. `departement` is None for a national organism.

    `cle` is the comparison key of the name: unique among the children of one parent.
    """

    nom = models.CharField("nom", max_length=200)
    sigle = models.CharField("sigle", max_length=30, blank=True)
    cle = models.CharField(max_length=200, editable=False)
    nature = models.CharField("nature", max_length=20, choices=NatureStructure, default=NatureStructure.AUTRE)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="enfants", verbose_name="rattachée à"
    )
    departement = models.ForeignKey(
        Departement, on_delete=models.PROTECT, null=True, blank=True, related_name="structures"
    )
    siret = models.CharField("SIRET", max_length=14, blank=True, validators=[valider_siret])
    description = models.TextField("présentation", blank=True)
    site = models.URLField("site internet", blank=True)
    telephone = models.CharField("téléphone", max_length=20, blank=True)
    courriel = models.EmailField("courriel", blank=True)
    adresse = models.CharField("adresse", max_length=250, blank=True)
    active = models.BooleanField("en activité", default=True)

    objects = StructureQuerySet.as_manager()

    class Meta:
        verbose_name = "structure"
        ordering = ["nom", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "departement", "cle"],
                nulls_distinct=False,
                name="structure_nom_unique",
                violation_error_message="Une structure de ce nom existe déjà au même endroit.",
            ),
            models.UniqueConstraint(
                fields=["siret"],
                condition=~Q(siret=""),
                name="structure_siret_unique",
                violation_error_message="Une autre structure porte déjà ce SIRET.",
            ),
            models.CheckConstraint(
                condition=Q(siret="") | Q(siret__regex=r"^\d{14}$"),
                name="structure_siret_14_chiffres",
                violation_error_message="Un SIRET compte 14 chiffres.",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=models.F("id")), name="structure_pas_son_propre_parent"
            ),
        ]

    def __str__(self) -> str:
        """Return the name followed by its acronym."""
        return f"{self.nom} ({self.sigle})" if self.sigle and self.sigle != self.nom else self.nom

    def save(self, *args: object, **kwargs: object) -> None:
        """Keep the comparison key in step with the name."""
        self.cle = cle_nom(self.nom)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def nom_court(self) -> str:
        """Return the acronym when there is one, else the name."""
        return self.sigle or self.nom

    @property
    def siret_lisible(self) -> str:
        """Return the SIRET as it is printed: « 228 000 010 00013 », with no-break spaces."""
        s = self.siret
        return "\u00a0".join(filter(None, (s[:3], s[3:6], s[6:9], s[9:])))


class NomAlternatif(models.Model):
    """Another spelling under which a document names a structure (kept as printed)."""

    structure = models.ForeignKey(Structure, on_delete=models.CASCADE, related_name="noms_alternatifs")
    nom = models.CharField("autre nom", max_length=250)
    cle = models.CharField(max_length=250, editable=False)

    class Meta:
        verbose_name = "autre nom"
        verbose_name_plural = "autres noms"
        ordering = ["nom"]
        constraints = [models.UniqueConstraint(fields=["structure", "nom"], name="autre_nom_unique")]
        indexes = [models.Index(fields=["cle"], name="autre_nom_cle")]

    def __str__(self) -> str:
        """Return the name."""
        return self.nom

    def save(self, *args: object, **kwargs: object) -> None:
        """Keep the comparison key in step with the name."""
        self.cle = cle_nom(self.nom)
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class Contact(models.Model):
    """A person or desk to reach in a structure (professional details only)."""

    structure = models.ForeignKey(Structure, on_delete=models.CASCADE, related_name="contacts")
    nom = models.CharField("nom ou service", max_length=120)
    fonction = models.CharField("fonction", max_length=120, blank=True)
    courriel = models.EmailField("courriel", blank=True)
    telephone = models.CharField("téléphone", max_length=20, blank=True)
    principal = models.BooleanField("contact principal", default=False)

    class Meta:
        verbose_name = "contact"
        ordering = ["-principal", "nom"]

    def __str__(self) -> str:
        """Return the name."""
        return self.nom
