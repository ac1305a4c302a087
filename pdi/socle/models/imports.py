"""Imports: the deposited file (`LotImport`), its rows in staging, what is wrong with them, remembered columns."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from pdi.socle.models.etats import LigneEtat
from pdi.socle.querysets import LotImportQuerySet


class EtatLot(models.TextChoices):
    """Life of a lot. Before « Importé », nothing is written outside staging."""

    DEPOSE = "depose", "En lecture"
    A_ASSOCIER = "a_associer", "Colonnes à associer"
    A_VERIFIER = "a_verifier", "À vérifier"
    PARTIEL = "partiel", "Importé en partie"
    IMPORTE = "importe", "Importé"
    ILLISIBLE = "illisible", "Fichier illisible"


class EtatLigne(models.TextChoices):
    """What the import would do with a row, or has done."""

    A_CORRIGER = "a_corriger", "À corriger"
    A_RECONNAITRE = "a_reconnaitre", "À reconnaître"
    NOUVELLE = "nouvelle", "Prête, nouvelle"
    MODIFIEE = "modifiee", "Prête, modifie"
    IDENTIQUE = "identique", "Prête, identique"
    IMPORTEE = "importee", "Importée"


LIGNES_PRETES = (EtatLigne.NOUVELLE, EtatLigne.MODIFIEE, EtatLigne.IDENTIQUE)
LIGNES_A_TRAITER = (EtatLigne.A_CORRIGER, EtatLigne.A_RECONNAITRE)


def chemin_lot(_lot: LotImport, _nom: str) -> str:
    """Return an unguessable path: the stored file is encrypted, its name says nothing."""
    return f"imports/{uuid.uuid4().hex}.chiffre"


class LotImport(models.Model):
    """A file deposited to be imported. `genre` is the code of a declared kind; `fichier` is encrypted at rest.

    `entetes` are the headers as written; `correspondance` gives, for each recognised column, the rank of its header.
    `lecture` tells how the file was read (sheet, encoding, separator, first line); `comptes` how many rows in each
    state, `ecrites` how many were created, changed, found identical. `options` are the codes ticked at deposit.
    """

    genre = models.CharField("genre", max_length=40)
    source = models.CharField("provenance", max_length=80, blank=True)
    nom_fichier = models.CharField("fichier", max_length=150)
    fichier = models.FileField("fichier gardé", upload_to=chemin_lot, max_length=120, blank=True)
    taille = models.PositiveIntegerField("taille")
    empreinte = models.CharField(max_length=64, editable=False)
    etat = models.CharField("état", max_length=12, choices=EtatLot, default=EtatLot.DEPOSE)
    entetes = models.JSONField(default=list)
    correspondance = models.JSONField(default=dict)
    lecture = models.JSONField(default=dict)
    options = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    total = models.PositiveIntegerField("lignes", default=0)
    comptes = models.JSONField(default=dict)
    ecrites = models.JSONField(default=dict)
    erreur = models.TextField("erreur", blank=True)
    depose_par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    depose_le = models.DateTimeField("déposé le", default=timezone.now)
    verifie_le = models.DateTimeField("vérifié le", null=True, blank=True)
    importe_par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    importe_le = models.DateTimeField("importé le", null=True, blank=True)

    objects = LotImportQuerySet.as_manager()

    class Meta:
        verbose_name = "lot d’import"
        verbose_name_plural = "lots d’import"
        ordering = ["-depose_le", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(etat__in=["partiel", "importe"], importe_le__isnull=False, importe_par__isnull=False)
                | (~Q(etat__in=["partiel", "importe"]) & Q(importe_le__isnull=True, importe_par__isnull=True)),
                name="lot_importe_date_et_auteur",
            ),
            models.CheckConstraint(condition=~Q(etat="illisible") | ~Q(erreur=""), name="lot_illisible_dit_pourquoi"),
        ]
        indexes = [models.Index(fields=["genre", "source", "-depose_le"], name="lot_import_precedent")]

    def __str__(self) -> str:
        """Return « Lot 12 »."""
        return f"Lot {self.pk}"

    def compte(self, *etats: str) -> int:
        """Return how many rows are in one of `etats`."""
        return sum(self.comptes.get(e, 0) for e in etats)

    @property
    def pretes(self) -> int:
        """Return how many rows would be imported now."""
        return self.compte(*LIGNES_PRETES)

    @property
    def a_traiter(self) -> int:
        """Return how many rows wait for somebody."""
        return self.compte(*LIGNES_A_TRAITER)


class LigneImport(models.Model):
    """One row of the file in staging. `numero` is its line in the file.

    `brut` holds the text of the recognised columns (secrets masked), `valeurs` their normal form; `cible` what the
    row is about once found, `designe` what somebody said it is about (−1: something new); `changements` gives, for
    each column that would change, [before, after].
    """

    lot = models.ForeignKey(LotImport, on_delete=models.CASCADE, related_name="lignes")
    numero = models.PositiveIntegerField("ligne")
    brut = models.JSONField(default=dict)
    valeurs = models.JSONField(default=dict)
    etat = models.CharField("état", max_length=13, choices=EtatLigne, default=EtatLigne.A_CORRIGER)
    cible = models.BigIntegerField(null=True)
    designe = models.BigIntegerField(null=True)
    changements = models.JSONField(default=dict)

    class Meta:
        verbose_name = "ligne d’import"
        verbose_name_plural = "lignes d’import"
        ordering = ["numero"]
        constraints = [models.UniqueConstraint(fields=["lot", "numero"], name="ligne_import_unique")]
        indexes = [models.Index(fields=["lot", "etat", "numero"], name="ligne_import_etat")]

    def __str__(self) -> str:
        """Return « ligne 12 »."""
        return f"ligne {self.numero}"


class AnomalieImport(models.Model):
    """What is wrong, or worth knowing, about a row: where, what, what was expected, what it probably is.

    `origine`: « lecture » depends on the cell alone, « controle » on everything else and is found again each time.
    `candidats`: identifiers among which somebody must choose.
    """

    ligne = models.ForeignKey(LigneImport, on_delete=models.CASCADE, related_name="anomalies")
    origine = models.CharField(max_length=8, default="lecture")
    colonne = models.CharField("colonne", max_length=40, blank=True)
    code = models.CharField("code", max_length=40)
    valeur = models.CharField("valeur", max_length=250, blank=True)
    message = models.CharField("message", max_length=500)
    attendu = models.TextField("attendu", blank=True)
    suggestion = models.CharField("proposition", max_length=250, blank=True)
    bloquante = models.BooleanField("bloquante", default=True)
    candidats = ArrayField(models.BigIntegerField(), default=list, blank=True)

    class Meta:
        verbose_name = "anomalie d’import"
        verbose_name_plural = "anomalies d’import"
        ordering = ["id"]
        indexes = [models.Index(fields=["ligne", "colonne"], name="anomalie_import_ligne")]

    def __str__(self) -> str:
        """Return the message."""
        return self.message


class CorrespondanceImport(models.Model):
    """The columns of a source, remembered: for each column of the kind, the comparison form of its header."""

    genre = models.CharField("genre", max_length=40)
    source = models.CharField("provenance", max_length=80)
    colonnes = models.JSONField(default=dict)
    retenue_le = models.DateTimeField("retenue le", default=timezone.now)

    class Meta:
        verbose_name = "correspondance de colonnes"
        verbose_name_plural = "correspondances de colonnes"
        constraints = [models.UniqueConstraint(fields=["genre", "source"], name="correspondance_unique")]

    def __str__(self) -> str:
        """Return the source."""
        return self.source


class TransitionLot(LigneEtat):
    """One change of state of a lot."""

    lot = models.ForeignKey(LotImport, on_delete=models.CASCADE, related_name="transitions")

    class Meta(LigneEtat.Meta):
        verbose_name = "changement d’état d’un lot"
        verbose_name_plural = "changements d’état des lots"
