"""The yearly bilan of a fiche and the explanation of its gaps."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse

from actions.querysets import BilanQuerySet
from pdi.socle.models import LigneEtat

from .campagne import Campagne
from .fiche import FicheAction
from .indicateur import Indicateur
from .version import VersionFiche


class EtatBilan(models.TextChoices):
    """Life of a bilan."""

    A_RENSEIGNER = "a_renseigner", "À renseigner"
    SOUMIS = "soumis", "Soumis"
    A_CORRIGER = "a_corriger", "À corriger"
    VALIDE = "valide", "Validé"


class CauseEcart(models.TextChoices):
    """Main causes of a gap, to sort fiches for the steering committee."""

    REGLE = "regle", "Changement de règle ou de formule"
    MOYENS = "moyens", "Moyens humains"
    OFFRE = "offre", "Offre insuffisante sur le territoire"
    PARTENAIRE = "partenaire", "Retard d’un partenaire"
    DONNEES = "donnees", "Données incomplètes"


class Bilan(models.Model):
    """The bilan of one fiche for one campaign. State, dates and authors are tied by constraints.

    `version_fiche`: what the fiche said when the bilan was opened. `version` grows at each save: a form written on
    an older version is refused, nothing is overwritten.
    """

    campagne = models.ForeignKey(Campagne, on_delete=models.CASCADE, related_name="bilans")
    fiche = models.ForeignKey(FicheAction, on_delete=models.PROTECT, related_name="bilans")
    version_fiche = models.ForeignKey(
        VersionFiche, on_delete=models.PROTECT, null=True, blank=True, related_name="bilans",
        verbose_name="version de la fiche",
    )  # fmt: skip
    etat = models.CharField("état", max_length=12, choices=EtatBilan, default=EtatBilan.A_RENSEIGNER)
    realisations = models.TextField("bilan de l’année", blank=True)
    perspectives = models.TextField("perspectives", blank=True)
    evolution_proposee = models.BooleanField("la fiche doit évoluer", default=False)
    changement_propose = models.TextField("changement proposé", blank=True)
    version = models.PositiveIntegerField("version", default=1)
    modifie_le = models.DateTimeField("modifié le", null=True, blank=True)
    modifie_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    soumis_le = models.DateTimeField("soumis le", null=True, blank=True)
    soumis_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    renvoye_le = models.DateTimeField("renvoyé le", null=True, blank=True)
    renvoye_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    motif_renvoi = models.TextField("motif du renvoi", blank=True)
    valide_le = models.DateTimeField("validé le", null=True, blank=True)
    valide_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    demonstration = models.BooleanField("donnée de démonstration", default=False)

    objects = BilanQuerySet.as_manager()

    class Meta:
        verbose_name = "bilan"
        ordering = ["fiche__ordre", "fiche_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["campagne", "fiche"],
                name="bilan_unique",
                violation_error_message="Cette fiche a déjà un bilan dans la campagne.",
            ),
            models.CheckConstraint(
                condition=~Q(etat__in=["soumis", "a_corriger", "valide"])
                | Q(soumis_le__isnull=False, soumis_par__isnull=False),
                name="bilan_soumis_date_et_auteur",
            ),
            models.CheckConstraint(
                condition=~Q(etat="a_corriger")
                | (Q(renvoye_le__isnull=False, renvoye_par__isnull=False) & ~Q(motif_renvoi="")),
                name="bilan_renvoi_motive",
                violation_error_message="Le renvoi d’un bilan demande un commentaire.",
            ),
            models.CheckConstraint(
                condition=Q(etat="valide", valide_le__isnull=False, valide_par__isnull=False)
                | (~Q(etat="valide") & Q(valide_le__isnull=True, valide_par__isnull=True)),
                name="bilan_valide_date_et_auteur",
            ),
            models.CheckConstraint(
                condition=~Q(etat__in=["soumis", "valide"]) | ~Q(realisations=""),
                name="bilan_soumis_non_vide",
                violation_error_message="Un bilan soumis dit ce qui a été fait.",
            ),
        ]
        indexes = [models.Index(fields=["campagne", "etat"], name="bilan_par_etat")]

    def __str__(self) -> str:
        """Return « Bilan année – fiche »."""
        return f"Bilan {self.campagne.annee} – {self.fiche.numero}"

    def get_absolute_url(self) -> str:
        """Return the page of the bilan."""
        return reverse("actions:bilan", args=[self.pk])


class TransitionBilan(LigneEtat):
    """One change of state of a bilan."""

    bilan = models.ForeignKey(Bilan, on_delete=models.CASCADE, related_name="transitions")

    class Meta(LigneEtat.Meta):
        verbose_name = "changement d’état d’un bilan"
        verbose_name_plural = "changements d’état des bilans"


class ExplicationEcart(models.Model):
    """Why an indicator missed its target, in the pilote's words."""

    bilan = models.ForeignKey(Bilan, on_delete=models.CASCADE, related_name="explications")
    indicateur = models.ForeignKey(Indicateur, on_delete=models.CASCADE, related_name="explications")
    texte = models.TextField("explication", blank=True)
    causes = ArrayField(models.CharField(max_length=20, choices=CauseEcart), default=list, blank=True)

    class Meta:
        verbose_name = "explication d’un écart"
        verbose_name_plural = "explications des écarts"
        constraints = [models.UniqueConstraint(fields=["bilan", "indicateur"], name="explication_unique")]

    def __str__(self) -> str:
        """Return the first words."""
        return self.texte[:60]


class ChiffreBilan(models.Model):
    """A figure frozen when the campaign opens or the pilote enters it, and the target it is judged by.

    The current measure may move later (recount): the gap between both is shown, never hidden.
    """

    bilan = models.ForeignKey(Bilan, on_delete=models.CASCADE, related_name="chiffres")
    indicateur = models.ForeignKey(Indicateur, on_delete=models.CASCADE, related_name="+")
    valeur = models.DecimalField("valeur", max_digits=18, decimal_places=4, null=True, blank=True)
    texte = models.TextField("appréciation", blank=True)
    numerateur = models.DecimalField("numérateur", max_digits=18, decimal_places=4, null=True, blank=True)
    denominateur = models.DecimalField("dénominateur", max_digits=18, decimal_places=4, null=True, blank=True)
    cible = models.DecimalField("cible", max_digits=16, decimal_places=4, null=True, blank=True)
    gele_le = models.DateTimeField("gelé le")

    class Meta:
        verbose_name = "chiffre du bilan"
        verbose_name_plural = "chiffres du bilan"
        constraints = [models.UniqueConstraint(fields=["bilan", "indicateur"], name="chiffre_unique")]

    def __str__(self) -> str:
        """Return the value."""
        return str(self.valeur if self.valeur is not None else self.texte)


class RelanceBilan(models.Model):
    """A reminder sent to one pilote about one bilan: at most one a day, whoever clicks."""

    bilan = models.ForeignKey(Bilan, on_delete=models.CASCADE, related_name="relances")
    destinataire = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    jour = models.DateField("jour")
    par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "relance d’un bilan"
        verbose_name_plural = "relances des bilans"
        ordering = ["-jour", "-id"]
        constraints = [models.UniqueConstraint(fields=["bilan", "destinataire", "jour"], name="relance_une_par_jour")]

    def __str__(self) -> str:
        """Return the day."""
        return str(self.jour)
