"""Operational objectives, their steps, and expected results."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from .fiche import FicheAction


class ObjectifOperationnel(models.Model):
    """A numbered objective of a fiche."""

    fiche = models.ForeignKey(FicheAction, on_delete=models.CASCADE, related_name="objectifs")
    numero = models.PositiveSmallIntegerField("numéro")
    intitule = models.TextField("intitulé")

    class Meta:
        verbose_name = "objectif opérationnel"
        verbose_name_plural = "objectifs opérationnels"
        ordering = ["numero"]
        constraints = [
            models.UniqueConstraint(
                fields=["fiche", "numero"],
                name="objectif_numero_unique",
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message="Ce numéro d’objectif existe déjà dans la fiche.",
            )
        ]

    def __str__(self) -> str:
        """Return « numéro. intitulé »."""
        return f"{self.numero}. {self.intitule}"


class EtatEtape(models.TextChoices):
    """Where a step stands."""

    A_VENIR = "a_venir", "À venir"
    EN_COURS = "en_cours", "En cours"
    REALISEE = "realisee", "Réalisée"
    ABANDONNEE = "abandonnee", "Abandonnée"


class Etape(models.Model):
    """A step of the action plan; `avancement` in percent; `echeance` is the last planned day."""

    fiche = models.ForeignKey(FicheAction, on_delete=models.CASCADE, related_name="etapes")
    objectif = models.ForeignKey(
        ObjectifOperationnel, on_delete=models.SET_NULL, null=True, blank=True, related_name="etapes"
    )
    ordre = models.PositiveSmallIntegerField("ordre", default=0)
    intitule = models.TextField("intitulé")
    details = ArrayField(models.TextField(), default=list, blank=True)
    etat = models.CharField("état", max_length=12, choices=EtatEtape, default=EtatEtape.A_VENIR)
    avancement = models.PositiveSmallIntegerField("avancement (%)", default=0)
    debut = models.DateField("début", null=True, blank=True)
    echeance = models.DateField("échéance", null=True, blank=True)
    realisee_le = models.DateField("réalisée le", null=True, blank=True)
    commentaire = models.CharField("commentaire", max_length=250, blank=True)

    class Meta:
        verbose_name = "étape"
        ordering = ["ordre", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(avancement__lte=100),
                name="etape_avancement_100",
                violation_error_message="L’avancement va de 0 à 100 %.",
            ),
            models.CheckConstraint(
                condition=Q(etat="realisee", avancement=100) | (~Q(etat="realisee") & Q(avancement__lt=100)),
                name="etape_realisee_a_100",
                violation_error_message="Une étape réalisée est à 100 %, et réciproquement.",
            ),
            models.CheckConstraint(
                condition=Q(realisee_le__isnull=True) | Q(etat="realisee"),
                name="etape_date_si_realisee",
                violation_error_message="Seule une étape réalisée porte une date de réalisation.",
            ),
            models.CheckConstraint(
                condition=Q(debut__isnull=True) | Q(echeance__isnull=True) | Q(echeance__gte=F("debut")),
                name="etape_dates_dans_l_ordre",
                violation_error_message="L’échéance de l’étape précède son début.",
            ),
        ]

    def __str__(self) -> str:
        """Return the title."""
        return self.intitule


class ResultatAttendu(models.Model):
    """A result the fiche announces, with its figure when one is printed."""

    fiche = models.ForeignKey(FicheAction, on_delete=models.CASCADE, related_name="resultats_attendus")
    ordre = models.PositiveSmallIntegerField("ordre", default=0)
    libelle = models.TextField("libellé")
    valeur = models.DecimalField("valeur", max_digits=16, decimal_places=4, null=True, blank=True)
    unite = models.CharField("unité", max_length=40, blank=True)

    class Meta:
        verbose_name = "résultat attendu"
        verbose_name_plural = "résultats attendus"
        ordering = ["ordre", "id"]

    def __str__(self) -> str:
        """Return the label."""
        return self.libelle
