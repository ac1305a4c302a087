"""Light, typed kinds of action that the fiches count: clauses, immersions, parrainage, crèche places, forums.

One mechanism for all: a `TypeRealisation` declares its measures, a `Realisation` gives their values.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse

from actions.models import FicheAction
from offre.querysets import RealisationQuerySet
from pdi.structures.models import Structure
from pdi.territoires.models import TerritoireAction

from .convention import Convention
from .offre import OffreInsertion


class TypeRealisation(models.Model):
    """A kind. `mesures`: [{"code", "libelle", "unite", "nature": "nombre"|"heures"|"euros"|"duree_semaines"|"choix",
    "min", "max", "choix", "requise"}]; `indicateurs`: [{"code", "libelle", "numerateur", "denominateur", "unite"}] on
    the codes of its measures. Both are read in offre.regles.realisations.
    """  # noqa: D205

    code = models.SlugField("code", max_length=40, unique=True)
    libelle = models.CharField("libellé", max_length=100)
    description = models.CharField("ce qu’on y compte", max_length=250, blank=True)
    mesures = models.JSONField("mesures", default=list)
    indicateurs = models.JSONField("indicateurs", default=list, blank=True)
    ordre = models.PositiveSmallIntegerField("ordre", default=0)
    actif = models.BooleanField("actif", default=True)

    class Meta:
        verbose_name = "type de réalisation"
        verbose_name_plural = "types de réalisation"
        ordering = ["ordre", "libelle"]

    def __str__(self) -> str:
        """Return the label."""
        return self.libelle


class Realisation(models.Model):
    """One thing done: a market with its clause, an immersion, a forum. `valeurs` by code of measure."""

    type = models.ForeignKey(TypeRealisation, on_delete=models.PROTECT, related_name="realisations")
    intitule = models.CharField("intitulé", max_length=200)
    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="realisations")
    offre = models.ForeignKey(
        OffreInsertion, on_delete=models.PROTECT, null=True, blank=True, related_name="realisations"
    )
    convention = models.ForeignKey(
        Convention, on_delete=models.PROTECT, null=True, blank=True, related_name="realisations"
    )
    fiche = models.ForeignKey(FicheAction, on_delete=models.PROTECT, null=True, blank=True, related_name="realisations")
    territoire = models.ForeignKey(
        TerritoireAction, on_delete=models.PROTECT, null=True, blank=True, related_name="realisations"
    )
    debut = models.DateField("début")
    fin = models.DateField("fin", null=True, blank=True)
    valeurs = models.JSONField("valeurs", default=dict)
    commentaire = models.CharField("commentaire", max_length=250, blank=True)
    saisie_par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    saisi_le = models.DateTimeField("saisi le", db_default=Now(), editable=False)
    version = models.PositiveIntegerField("version", default=1)
    demonstration = models.BooleanField("donnée de démonstration", default=False)

    objects = RealisationQuerySet.as_manager()

    class Meta:
        verbose_name = "réalisation"
        ordering = ["-debut", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(fin__isnull=True) | Q(fin__gte=F("debut")),
                name="realisation_dates_dans_l_ordre",
                violation_error_message="La réalisation finit avant de commencer.",
            )
        ]
        indexes = [
            models.Index(fields=["type", "-debut"], name="realisation_type"),
            models.Index(fields=["structure", "-debut"], name="realisation_structure"),
        ]

    def __str__(self) -> str:
        """Return the title."""
        return self.intitule

    def get_absolute_url(self) -> str:
        """Return its page."""
        return reverse("offre:realisation", args=[self.pk])
