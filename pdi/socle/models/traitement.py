"""A background job as a row: its truth survives the broker, the worker and the browser."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from pdi.socle.querysets import TraitementQuerySet


class EtatTraitement(models.TextChoices):
    """Life of a job."""

    EN_ATTENTE = "en_attente", "En attente"
    EN_COURS = "en_cours", "En cours"
    TERMINE = "termine", "Terminé"
    ECHEC = "echec", "Échec"
    ANNULE = "annule", "Arrêté"


ETATS_ACTIFS = (EtatTraitement.EN_ATTENTE, EtatTraitement.EN_COURS)


class Traitement(models.Model):
    """One job. `nature` names the operation, `cle` what it works on; at most one active per (nature, cle).

    `fait`/`total` count steps; `etape` says in French what is being done; `battement` is the worker's last
    sign of life (a job in progress without one is taken up again) or, while the job waits, the time its
    message was last sent to the broker; `tentatives` counts how many times a worker took it, and tells one
    taking from another; `resultat` holds small facts about what was produced (identifiers, counts),
    `fichier` the produced file when there is one. `tache` and `parametres` are what is sent to Celery again
    when the broker has forgotten.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    nature = models.CharField("nature", max_length=60)
    cle = models.CharField("clé", max_length=120)
    intitule = models.CharField("intitulé", max_length=200)
    etat = models.CharField("état", max_length=12, choices=EtatTraitement, default=EtatTraitement.EN_ATTENTE)
    total = models.PositiveIntegerField("étapes en tout", default=0)
    fait = models.PositiveIntegerField("étapes faites", default=0)
    etape = models.CharField("étape en cours", max_length=250, blank=True)
    messages = models.JSONField("messages", default=list)
    tache = models.CharField("tâche", max_length=120, blank=True)
    parametres = models.JSONField("paramètres", default=dict)
    resultat = models.JSONField("résultat", default=dict)
    url_retour = models.CharField("page d’origine", max_length=300, blank=True)
    fichier = models.FileField("fichier", upload_to="traitements/%Y/%m/", blank=True, max_length=250)
    erreur = models.TextField("erreur", blank=True)
    demandeur = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="traitements"
    )
    tentatives = models.PositiveSmallIntegerField("tentatives", default=0)
    annulation_demandee = models.BooleanField("arrêt demandé", default=False)
    cree_le = models.DateTimeField("demandé le", default=timezone.now)
    debut = models.DateTimeField("commencé le", null=True, blank=True)
    battement = models.DateTimeField("dernier signe de vie", null=True, blank=True)
    fin = models.DateTimeField("fini le", null=True, blank=True)

    objects = TraitementQuerySet.as_manager()

    class Meta:
        verbose_name = "traitement"
        ordering = ["-cree_le", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["nature", "cle"],
                condition=Q(etat__in=["en_attente", "en_cours"]),
                name="traitement_un_seul_actif",
                violation_error_message="Ce traitement est déjà en cours.",
            ),
            models.CheckConstraint(condition=Q(fait__lte=F("total")), name="traitement_fait_dans_total"),
            models.CheckConstraint(
                condition=Q(etat__in=["en_attente", "en_cours"], fin__isnull=True)
                | Q(etat__in=["termine", "echec", "annule"], fin__isnull=False),
                name="traitement_fin_selon_etat",
            ),
            models.CheckConstraint(
                condition=~Q(etat="en_cours") | Q(debut__isnull=False, battement__isnull=False),
                name="traitement_debut_si_en_cours",
            ),
        ]
        indexes = [
            models.Index(fields=["demandeur", "-cree_le"], name="traitement_demandeur"),
            models.Index(
                fields=["battement"], condition=Q(etat__in=["en_attente", "en_cours"]), name="traitement_actifs"
            ),
        ]

    def __str__(self) -> str:
        """Return the title."""
        return self.intitule

    @property
    def actif(self) -> bool:
        """Return whether the job still has work to do."""
        return self.etat in ETATS_ACTIFS

    @property
    def pourcentage(self) -> int:
        """Return the progress in percent, 0 when the total is unknown."""
        return round(100 * self.fait / self.total) if self.total else 0
