"""Changes to the programme: proposals on a fiche, gathered in an avenant that the Assemblée votes."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse

from actions.models import Axe, Bilan, FicheAction, Programme, VersionFiche
from actions.versions import CHOIX_CHAMPS, en_mots
from gouvernance.querysets import AvenantQuerySet, ModificationQuerySet
from pdi.socle.models import LigneEtat


class EtatAvenant(models.TextChoices):
    """Life of an avenant."""

    PREPARATION = "preparation", "En préparation"
    PROPOSE = "propose", "Proposé au vote"
    VOTE = "vote", "Voté"
    REJETE = "rejete", "Rejeté"


class Avenant(models.Model):
    """What changes the programme from `effet` on. `applique_le`: when its fiches took their new version."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="avenants")
    numero = models.PositiveSmallIntegerField("numéro")
    intitule = models.CharField("intitulé", max_length=200)
    expose = models.TextField("exposé des motifs", blank=True)
    effet = models.DateField("date d’effet", null=True, blank=True)
    etat = models.CharField("état", max_length=11, choices=EtatAvenant, default=EtatAvenant.PREPARATION)
    deliberation = models.CharField("n° de délibération", max_length=60, blank=True)
    vote_le = models.DateField("date du vote", null=True, blank=True)
    vote_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name="vote enregistré par",
    )  # fmt: skip
    applique_le = models.DateTimeField("appliqué le", null=True, blank=True)
    cree_le = models.DateTimeField("créé le", db_default=Now(), editable=False)
    version = models.PositiveIntegerField("version", default=1)
    demonstration = models.BooleanField("donnée de démonstration", default=False)

    objects = AvenantQuerySet.as_manager()

    class Meta:
        verbose_name = "avenant"
        ordering = ["programme", "-numero"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "numero"],
                name="avenant_numero_unique",
                violation_error_message="Cet avenant existe déjà.",
            ),
            models.CheckConstraint(
                condition=~Q(etat__in=["vote", "rejete"])
                | (~Q(deliberation="") & Q(vote_le__isnull=False, vote_par__isnull=False)),
                name="avenant_vote_reference",
                violation_error_message="Un vote se dit par le numéro et la date de la délibération.",
            ),
            models.CheckConstraint(
                condition=~Q(etat__in=["propose", "vote"]) | (Q(effet__isnull=False) & ~Q(expose="")),
                name="avenant_propose_complet",
                violation_error_message="Un avenant proposé au vote a un exposé des motifs et une date d’effet.",
            ),
            models.CheckConstraint(
                condition=Q(vote_le__isnull=True) | Q(effet__isnull=True) | Q(effet__gte=F("vote_le")),
                name="avenant_effet_apres_vote",
                violation_error_message="Un avenant prend effet au plus tôt le jour de son vote.",
            ),
            models.CheckConstraint(
                condition=Q(applique_le__isnull=True) | Q(etat="vote"), name="avenant_applique_si_vote"
            ),
        ]

    def __str__(self) -> str:
        """Return « Avenant n° 2 »."""
        return f"Avenant n°\u00a0{self.numero}"

    def get_absolute_url(self) -> str:
        """Return its page."""
        return reverse("gouvernance:avenant", args=[self.pk])


class TransitionAvenant(LigneEtat):
    """One change of state of an avenant."""

    avenant = models.ForeignKey(Avenant, on_delete=models.CASCADE, related_name="transitions")

    class Meta(LigneEtat.Meta):
        verbose_name = "changement d’état d’un avenant"
        verbose_name_plural = "changements d’état des avenants"


class OrigineModification(models.TextChoices):
    """What made somebody propose a change."""

    BILAN = "bilan", "Un bilan"
    DECISION = "decision", "Une décision d’instance"
    DIALOGUE = "dialogue", "Un dialogue territorial"
    LIBRE = "libre", "Le travail du service"


class EtatModification(models.TextChoices):
    """Life of a proposal of change."""

    PROPOSEE = "proposee", "À examiner"
    RETENUE = "retenue", "Dans un avenant"
    APPLIQUEE = "appliquee", "Appliquée"
    ECARTEE = "ecartee", "Écartée"


CREATION, RETRAIT = "creation", "arret"
CHOIX_RUBRIQUES = (*CHOIX_CHAMPS, (CREATION, "Nouvelle fiche"))


class ModificationFiche(models.Model):
    """One rubric of a fiche, from `avant` (as it was when proposed) to `apres`, in the words of `actions/versions.py`.

    Or a whole new fiche (CREATION): what it would say is `contenu`, {rubric: text}, `apres` in words, its place in the
    tree `axe`; `fiche` is the one it made, once applied. `version_fiche`: the version it made, once applied.
    """

    fiche = models.ForeignKey(
        FicheAction, on_delete=models.PROTECT, null=True, blank=True, related_name="modifications"
    )
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, null=True, blank=True, related_name="fiches_proposees",
        verbose_name="programme de la nouvelle fiche",
    )  # fmt: skip
    axe = models.ForeignKey(
        Axe, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="place dans l’arbre"
    )
    contenu = models.JSONField("contenu de la nouvelle fiche", default=dict, blank=True)
    champ = models.CharField("rubrique", max_length=20, choices=CHOIX_RUBRIQUES)
    avant = models.TextField("texte actuel", blank=True)
    apres = models.TextField("texte proposé", blank=True)
    motif = models.TextField("motif")
    origine = models.CharField("origine", max_length=8, choices=OrigineModification, default=OrigineModification.LIBRE)
    bilan = models.ForeignKey(Bilan, on_delete=models.PROTECT, null=True, blank=True, related_name="modifications")
    decision = models.ForeignKey(
        "gouvernance.Decision", on_delete=models.PROTECT, null=True, blank=True, related_name="modifications",
        verbose_name="décision",
    )  # fmt: skip
    etat = models.CharField("état", max_length=9, choices=EtatModification, default=EtatModification.PROPOSEE)
    avenant = models.ForeignKey(Avenant, on_delete=models.PROTECT, null=True, blank=True, related_name="modifications")
    version_fiche = models.ForeignKey(
        VersionFiche, on_delete=models.PROTECT, null=True, blank=True, related_name="modifications",
        verbose_name="version de la fiche",
    )  # fmt: skip
    par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    cree_le = models.DateTimeField("proposée le", db_default=Now(), editable=False)
    version = models.PositiveIntegerField("version", default=1)
    demonstration = models.BooleanField("donnée de démonstration", default=False)

    objects = ModificationQuerySet.as_manager()

    class Meta:
        verbose_name = "proposition de modification d’une fiche"
        verbose_name_plural = "propositions de modification des fiches"
        ordering = ["-cree_le", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(avant=F("apres")),
                name="modification_change_quelque_chose",
                violation_error_message="Le texte proposé est le même que le texte actuel.",
            ),
            models.CheckConstraint(
                condition=~Q(motif=""), name="modification_motivee", violation_error_message="Dites pourquoi."
            ),
            models.CheckConstraint(
                condition=(Q(etat__in=["retenue", "appliquee"]) & Q(avenant__isnull=False))
                | (Q(etat="proposee") & Q(avenant__isnull=True))
                | Q(etat="ecartee"),
                name="modification_retenue_dans_un_avenant",
            ),
            models.CheckConstraint(
                condition=(Q(champ=CREATION) & Q(programme__isnull=False) & Q(avant=""))
                | (~Q(champ=CREATION) & Q(programme__isnull=True) & Q(fiche__isnull=False)),
                name="modification_fiche_ou_creation",
            ),
            models.CheckConstraint(
                condition=~Q(champ=CREATION) | ~Q(etat="appliquee") | Q(fiche__isnull=False),
                name="modification_creation_appliquee",
            ),
            models.UniqueConstraint(
                fields=["avenant", "fiche", "champ"],
                condition=Q(etat__in=["retenue", "appliquee"]),
                name="modification_une_par_rubrique",
                violation_error_message="Cet avenant modifie déjà cette rubrique de la fiche.",
            ),
        ]

    def __str__(self) -> str:
        """Return « Fiche 2.1, Constat » or « Nouvelle fiche 4.8 »."""
        if self.creation:
            return f"Nouvelle fiche {self.numero}"
        return f"Fiche {self.numero}, {self.get_champ_display()}"

    def get_absolute_url(self) -> str:
        """Return its page."""
        return reverse("gouvernance:modification", args=[self.pk])

    @property
    def creation(self) -> bool:
        """Return whether it proposes a new fiche."""
        return self.champ == CREATION

    @property
    def retrait(self) -> bool:
        """Return whether it withdraws its fiche from the programme."""
        return self.champ == RETRAIT and bool(self.apres)

    @property
    def programme_vise(self) -> Programme:
        """Return the programme it would change."""
        return self.ciblee.programme if self.fiche_id is not None else cast("Programme", self.programme)

    @property
    def ciblee(self) -> FicheAction:
        """Return the fiche it changes; a creation has none before it is applied."""
        return cast("FicheAction", self.fiche)

    @property
    def numero(self) -> str:
        """Return the number of the fiche, or the one proposed."""
        return self.fiche.numero if self.fiche is not None else str(self.contenu["numero"])

    @property
    def intitule(self) -> str:
        """Return the title of the fiche, or the one proposed."""
        return self.fiche.intitule if self.fiche is not None else str(self.contenu["intitule"])

    @property
    def rubriques(self) -> list[tuple[str, str]]:
        """Return (label, text) of what a proposed fiche would say."""
        return [(libelle, texte) for _cle, libelle, texte in en_mots(self.contenu)]


class TransitionModification(LigneEtat):
    """One change of state of a proposal."""

    modification = models.ForeignKey(ModificationFiche, on_delete=models.CASCADE, related_name="transitions")

    class Meta(LigneEtat.Meta):
        verbose_name = "changement d’état d’une proposition"
        verbose_name_plural = "changements d’état des propositions"
