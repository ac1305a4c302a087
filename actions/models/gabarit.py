"""The layout of a programme's fiches: which sections it uses, in which order, and what it calls them."""

from __future__ import annotations

from django.db import models


class RubriqueFiche(models.TextChoices):
    """Every section a fiche may have; the label is the default wording."""

    CONTEXTE = "contexte", "Constat"
    OBJECTIFS_GENERAUX = "objectifs_generaux", "Objectifs généraux"
    OBJECTIFS = "objectifs", "Objectifs opérationnels et mise en œuvre"
    PUBLICS = "publics", "Publics"
    TERRITOIRES = "territoires", "Territoires"
    PILOTAGE = "pilotage", "Pilotage"
    PARTENAIRES_INTERNES = "partenaires_internes", "Partenaires internes"
    PARTENAIRES_EXTERNES = "partenaires_externes", "Partenaires externes"
    MISE_EN_OEUVRE = "mise_en_oeuvre", "Mise en œuvre interne et externe"
    CALENDRIER = "calendrier", "Calendrier"
    CONTRACTUALISATION = "contractualisation", "Contractualisation"
    FINANCEMENT = "financement", "Financement"
    CONDITIONS = "conditions", "Conditions de réussite"
    RESULTATS = "resultats", "Résultats attendus"
    INDICATEURS = "indicateurs", "Indicateurs"
    PERIODICITE = "periodicite", "Périodicité de l’évaluation"
    BILAN = "bilan", "Bilan et perspectives"


class GabaritFiche(models.Model):
    """A reusable layout, shared by the fiches of one or more programmes."""

    nom = models.CharField("nom", max_length=120, unique=True)
    description = models.TextField("description", blank=True)

    class Meta:
        verbose_name = "gabarit de fiche"
        verbose_name_plural = "gabarits de fiche"
        ordering = ["nom"]

    def __str__(self) -> str:
        """Return the name."""
        return self.nom


class SectionGabarit(models.Model):
    """A section used by a layout: its wording, its rank, the help shown when writing."""

    gabarit = models.ForeignKey(GabaritFiche, on_delete=models.CASCADE, related_name="sections")
    rubrique = models.CharField("rubrique", max_length=30, choices=RubriqueFiche)
    libelle = models.CharField("intitulé", max_length=120)
    ordre = models.PositiveSmallIntegerField("ordre", default=0)
    obligatoire = models.BooleanField("attendue pour que la fiche soit complète", default=False)
    aide = models.CharField("aide à la saisie", max_length=250, blank=True)

    class Meta:
        verbose_name = "section du gabarit"
        verbose_name_plural = "sections du gabarit"
        ordering = ["ordre", "id"]
        constraints = [models.UniqueConstraint(fields=["gabarit", "rubrique"], name="gabarit_rubrique_unique")]

    def __str__(self) -> str:
        """Return the wording."""
        return self.libelle
