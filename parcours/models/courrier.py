"""Letters: dated models of text, lots printed together, each letter kept as it was sent."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from parcours.regles.courriers import fautes_du_modele
from pdi.socle.models import Traitement

from .personne import Personne


class NatureCourrier(models.TextChoices):
    """What a letter is for."""

    CONVOCATION = "convocation", "Convocation"
    RELANCE = "relance", "Relance"
    NOTIFICATION = "notification", "Notification d’orientation"
    ABSENCE = "absence", "Absence au rendez-vous"
    INVITATION = "invitation", "Invitation"


class ModeleCourrier(models.Model):
    """A version of a letter, valid over `validite`. Merge fields: see parcours.regles.courriers.CHAMPS.

    `corps` holds one paragraph a line, « - » opens a list item. A letter over `pages_max` pages is left out of a
    lot unless it is accepted.
    """

    code = models.SlugField("code", max_length=40)
    version = models.PositiveSmallIntegerField("version", default=1)
    nature = models.CharField("nature", max_length=15, choices=NatureCourrier)
    intitule = models.CharField("intitulé", max_length=120)
    objet = models.CharField("objet", max_length=150)
    corps = models.TextField("texte", help_text="Un paragraphe par ligne. Champs de fusion entre accolades : {nom}.")
    pages_max = models.PositiveSmallIntegerField("pages au plus", default=1)
    validite = DateRangeField("validité")

    class Meta:
        verbose_name = "modèle de courrier"
        verbose_name_plural = "modèles de courrier"
        ordering = ["nature", "intitule", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="modele_courrier_version_unique"),
            ExclusionConstraint(
                name="un_modele_courrier_a_une_date",
                expressions=[("code", RangeOperators.EQUAL), ("validite", RangeOperators.OVERLAPS)],
                violation_error_message="Une autre version de ce modèle couvre déjà une partie de cette période.",
            ),
            models.CheckConstraint(
                condition=Q(pages_max__gte=1, pages_max__lte=4),
                name="modele_courrier_pages",
                violation_error_message="Un courrier compte d’une à quatre pages.",
            ),
        ]

    def __str__(self) -> str:
        """Return the title."""
        return self.intitule

    def clean(self) -> None:
        """Refuse an unknown merge field, naming the nearest one."""
        if fautes := fautes_du_modele(self.objet, self.corps):
            raise ValidationError({"corps": fautes})


class LotCourriers(models.Model):
    """Letters of one model prepared together. `fichier` is what is printed: only once every page is counted."""

    modele = models.ForeignKey(ModeleCourrier, on_delete=models.PROTECT, related_name="lots")
    par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    cree_le = models.DateTimeField("préparé le", default=timezone.now)
    traitement = models.ForeignKey(Traitement, on_delete=models.SET_NULL, null=True, related_name="+")
    fichier = models.FileField("lot à imprimer", upload_to="courriers/", max_length=200, blank=True)
    pages = models.PositiveIntegerField("pages", default=0)

    class Meta:
        verbose_name = "lot de courriers"
        verbose_name_plural = "lots de courriers"
        ordering = ["-cree_le", "-id"]

    def __str__(self) -> str:
        """Return the model and the number of the lot."""
        return f"{self.modele}, lot {self.pk}"

    def get_absolute_url(self) -> str:
        """Return the page of the lot."""
        return reverse("parcours:courriers_lot", args=[self.pk])


class EtatCourrier(models.TextChoices):
    """What became of a letter."""

    A_COMPOSER = "a_composer", "À composer"
    PRET = "pret", "Prêt à imprimer"
    DEBORDE = "deborde", "Trop long"
    ECARTE = "ecarte", "Écarté"


class Courrier(models.Model):
    """One letter to a person: who, when, which version of which model, the words as merged, the file.

    `contenu` is frozen: sender, addressee, object, paragraphs. `accepte`: kept though over the pages of its model.
    """

    personne = models.ForeignKey(Personne, on_delete=models.CASCADE, related_name="courriers")
    modele = models.ForeignKey(ModeleCourrier, on_delete=models.PROTECT, related_name="courriers")
    lot = models.ForeignKey(LotCourriers, on_delete=models.SET_NULL, null=True, blank=True, related_name="courriers")
    par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    le = models.DateField("daté du", default=timezone.localdate)
    etat = models.CharField("état", max_length=10, choices=EtatCourrier, default=EtatCourrier.A_COMPOSER)
    motif = models.CharField("motif", max_length=250, blank=True)
    accepte = models.BooleanField("accepté malgré sa longueur", default=False)
    contenu = models.JSONField("contenu", default=dict)
    pages = models.PositiveSmallIntegerField("pages", default=0)
    fichier = models.FileField("PDF", upload_to="courriers/", max_length=200, blank=True)
    saisi_le = models.DateTimeField("saisi le", default=timezone.now, editable=False)

    class Meta:
        verbose_name = "courrier"
        ordering = ["-le", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(etat="pret") | (~Q(fichier="") & Q(pages__gte=1)), name="courrier_pret_a_son_fichier"
            ),
            models.CheckConstraint(condition=~Q(etat="ecarte") | ~Q(motif=""), name="courrier_ecarte_motive"),
        ]
        indexes = [
            models.Index(fields=["personne", "-le"], name="courrier_personne"),
            models.Index(fields=["lot", "etat"], name="courrier_lot"),
        ]

    def __str__(self) -> str:
        """Return the title of the model, without any name."""
        return self.modele.intitule
