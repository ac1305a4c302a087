"""Meetings with the person."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from parcours.querysets import EntretienQuerySet
from pdi.socle.models import LigneEtat
from pdi.structures.models import Structure

from .personne import Personne


class EtatEntretien(models.TextChoices):
    """What became of it."""

    PREVU = "prevu", "Prévu"
    TENU = "tenu", "Tenu"
    MANQUE = "manque", "Manqué"
    EXCUSE = "excuse", "Excusé"
    ANNULE = "annule", "Annulé"


class NatureEntretien(models.TextChoices):
    """What it is for."""

    ORIENTATION = "orientation", "Entretien d’orientation"
    PREMIER = "premier", "Premier rendez-vous"
    SUIVI = "suivi", "Suivi"
    COLLECTIF = "collectif", "Information collective"
    BILAN = "bilan", "Bilan"


class Entretien(models.Model):
    """A meeting: planned, held, missed, excused or cancelled. `resume` is facts and next steps, not judgements.

    `brouillon` is what the interview form held when it was last saved unfinished: {"par": user id, "le": ISO time,
    "donnees": {field: [values]}}. `version` grows with each write: two pages never overwrite each other.
    """

    personne = models.ForeignKey(Personne, on_delete=models.CASCADE, related_name="entretiens")
    nature = models.CharField("nature", max_length=12, choices=NatureEntretien, default=NatureEntretien.SUIVI)
    debut = models.DateTimeField("date et heure")
    duree_min = models.PositiveSmallIntegerField("durée (minutes)", default=45)
    lieu = models.CharField("lieu", max_length=150, blank=True)
    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="+")
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="entretiens"
    )
    etat = models.CharField("état", max_length=8, choices=EtatEntretien, default=EtatEntretien.PREVU)
    resume = models.TextField("compte rendu", blank=True)
    prochaines_etapes = models.TextField("prochaines étapes", blank=True)
    brouillon = models.JSONField("brouillon de saisie", null=True, blank=True)
    motif = models.CharField("motif d’absence ou d’annulation", max_length=200, blank=True)
    version = models.PositiveIntegerField("version", default=1, db_default=1)
    modifie_le = models.DateTimeField("modifié le", db_default=Now())
    saisi_le = models.DateTimeField("saisi le", db_default=Now(), editable=False)

    objects = EntretienQuerySet.as_manager()

    class Meta:
        verbose_name = "entretien"
        ordering = ["-debut", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(etat="annule") | ~Q(motif=""),
                name="entretien_annulation_motivee",
                violation_error_message="L’annulation d’un rendez-vous se motive.",
            ),
            models.CheckConstraint(
                condition=Q(brouillon__isnull=True) | Q(etat__in=["prevu", "tenu"]),
                name="entretien_brouillon_d_une_saisie",
                violation_error_message="Un brouillon attend d’être terminé : le rendez-vous est prévu ou tenu.",
            ),
            models.CheckConstraint(
                condition=Q(duree_min__gt=0, duree_min__lte=480),
                name="entretien_duree_plausible",
                violation_error_message="La durée va de 1 minute à 8 heures.",
            ),
        ]
        indexes = [
            models.Index(
                fields=["personne", "debut"],
                condition=Q(etat="tenu") & ~Q(nature="orientation"),
                include=["nature"],
                name="entretien_tenu",
            ),
            models.Index(fields=["personne", "-debut"], name="entretien_personne"),
            models.Index(fields=["agent", "debut"], name="entretien_agenda"),
            models.Index(fields=["debut"], name="entretien_debut"),
        ]

    def __str__(self) -> str:
        """Return nature and date."""
        return f"{self.get_nature_display()} du {timezone.localtime(self.debut):%d/%m/%Y}"

    def get_absolute_url(self) -> str:
        """Return the appointment's page."""
        return reverse("parcours:entretien", args=[self.pk])

    @property
    def fin(self) -> datetime.datetime:
        """Return when it ends."""
        return self.debut + datetime.timedelta(minutes=self.duree_min)


class TransitionEntretien(LigneEtat):
    """One change of state of a meeting."""

    entretien = models.ForeignKey(Entretien, on_delete=models.CASCADE, related_name="transitions")

    class Meta(LigneEtat.Meta):
        verbose_name = "changement d’état d’un entretien"
        verbose_name_plural = "changements d’état des entretiens"


class AbonnementAgenda(models.Model):
    """The calendar feed of one agent: whoever holds its address reads it, so the address is secret and revocable.

    The address carries `graine` and its signature: the row alone, read in a dump, does not open the feed.
    """

    utilisateur = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="abonnement_agenda"
    )
    graine = models.CharField("graine de l’adresse", max_length=43, unique=True, editable=False)
    initiales = models.BooleanField("inscrire les initiales de la personne", default=False)
    cree_le = models.DateTimeField("créé le", default=timezone.now, editable=False)

    class Meta:
        verbose_name = "abonnement à un agenda"
        verbose_name_plural = "abonnements aux agendas"

    def __str__(self) -> str:
        """Return whose."""
        return str(self.utilisateur)
