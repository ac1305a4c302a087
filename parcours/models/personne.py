"""A person followed by the département: identity, address over time, contacts."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, Now, NullIf
from django.urls import reverse

from parcours.querysets import PersonneQuerySet
from parcours.regles.identite import texte_recherche
from pdi.territoires.models import Commune


class Sexe(models.TextChoices):
    """As transmitted by the CAF."""

    FEMME = "F", "Femme"
    HOMME = "H", "Homme"
    INCONNU = "", "Non renseigné"


class Canal(models.TextChoices):
    """How the person prefers to be reached."""

    COURRIER = "courrier", "Courrier"
    TELEPHONE = "telephone", "Téléphone"
    SMS = "sms", "SMS"
    COURRIEL = "courriel", "Courriel"


class NiveauFormation(models.TextChoices):
    """Education level, in the OARSA breakdown (CAF codes NIVETU 1201 to 1207)."""

    VBIS_VI = "Vbis-VI", "Sans diplôme, fin de scolarité obligatoire (Vbis-VI)"
    V = "V", "CAP, BEP (V)"
    IV = "IV", "Baccalauréat (IV)"
    I_II_III = "I-II-III", "Supérieur au baccalauréat (I à III)"
    INCONNU = "", "Non renseigné"


class Personne(models.Model):
    """One person. `nir_chiffre` is encrypted, `nir_empreinte` a keyed hash of the first 13 characters.

    The NIR is never listed, searched, exported or logged; only the hash serves matching. `recherche` holds
    names, first names, birth date and file numbers in comparison form, for the forgiving search. `archivee_le`: out of
    everyday use since that day (parcours.regles.conservation); `conserver_jusqu_au`: erased no sooner, on request.
    """

    nom_naissance = models.CharField("nom de naissance", max_length=80)
    nom_usage = models.CharField("nom d’usage", max_length=80, blank=True)
    # The name that lists show, and that they are sorted by: that of use first.
    nom_affiche = models.GeneratedField(
        expression=Coalesce(NullIf(F("nom_usage"), Value("")), F("nom_naissance")),
        output_field=models.CharField("nom affiché", max_length=80), db_persist=True,
    )  # fmt: skip
    prenoms = models.CharField("prénoms", max_length=120)
    date_naissance = models.DateField("date de naissance", null=True, blank=True)
    lieu_naissance = models.CharField("lieu de naissance", max_length=120, blank=True)
    sexe = models.CharField("sexe", max_length=1, choices=Sexe, blank=True, default=Sexe.INCONNU)
    telephone = models.CharField("téléphone", max_length=20, blank=True)
    courriel = models.EmailField("courriel", blank=True)
    canal = models.CharField("moyen de contact préféré", max_length=10, choices=Canal, default=Canal.COURRIER)
    niveau_formation = models.CharField(
        "niveau de formation", max_length=10, choices=NiveauFormation, blank=True, default=NiveauFormation.INCONNU
    )
    inscrit_france_travail = models.BooleanField("inscrit à France Travail", null=True, blank=True)
    # One truth, said by the identity form or by a finished diagnosis, whichever is the later.
    situation_dite_le = models.DateField("formation et inscription dites le", null=True, blank=True, editable=False)
    deces_le = models.DateField("décédé(e) le", null=True, blank=True)
    nir_chiffre = models.BinaryField(null=True, blank=True, editable=False)
    nir_empreinte = models.CharField(max_length=64, null=True, blank=True, editable=False)  # noqa: DJ001
    recherche = models.TextField(blank=True, editable=False)
    dernier_contact = models.DateField("dernier contact", null=True, blank=True)
    archivee_le = models.DateField("archivée le", null=True, blank=True, editable=False)
    conserver_jusqu_au = models.DateField("à conserver jusqu’au", null=True, blank=True, editable=False)
    fictive = models.BooleanField("personne fictive", default=False)
    cree_le = models.DateTimeField("créée le", db_default=Now())
    version = models.PositiveIntegerField("version", default=1)

    objects = PersonneQuerySet.as_manager()

    class Meta:
        verbose_name = "personne"
        ordering = ["nom_affiche", "prenoms", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(date_naissance__isnull=True) | Q(date_naissance__gte="1900-01-01"),
                name="personne_naissance_plausible",
                violation_error_message="La date de naissance précède 1900.",
            ),
            models.CheckConstraint(
                condition=Q(deces_le__isnull=True)
                | Q(date_naissance__isnull=True)
                | Q(deces_le__gte=F("date_naissance")),
                name="personne_deces_apres_naissance",
                violation_error_message="La date de décès précède la naissance.",
            ),
            models.CheckConstraint(
                condition=Q(nir_chiffre__isnull=True, nir_empreinte__isnull=True)
                | Q(nir_chiffre__isnull=False, nir_empreinte__isnull=False),
                name="personne_nir_complet",
            ),
        ]
        indexes = [
            GinIndex(fields=["recherche"], opclasses=["gin_trgm_ops"], name="personne_recherche_trgm"),
            models.Index(fields=["nom_affiche", "prenoms", "id"], name="personne_par_nom"),
            models.Index(fields=["date_naissance"], name="personne_naissance"),
            models.Index(
                fields=["nir_empreinte"], condition=Q(nir_empreinte__isnull=False), name="personne_nir_empreinte"
            ),
            models.Index(fields=["dernier_contact"], name="personne_dernier_contact"),
            models.Index(fields=["id"], condition=Q(deces_le__isnull=False), name="personne_decedee"),
            models.Index(fields=["archivee_le"], condition=Q(archivee_le__isnull=False), name="personne_archivee"),
        ]

    def __str__(self) -> str:
        """Return « NOM Prénom » with the name of use first when there is one."""
        return f"{(self.nom_usage or self.nom_naissance).upper()} {self.prenoms.split(' ')[0] if self.prenoms else ''}"

    def save(self, *args: object, **kwargs: object) -> None:
        """Keep the search text in step with the identity."""
        self.recherche = texte_recherche(self.nom_naissance, self.nom_usage, self.prenoms, self.date_naissance)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def get_absolute_url(self) -> str:
        """Return the person's page."""
        return reverse("parcours:personne", args=[self.pk])

    @property
    def canal_dit(self) -> str:
        """Return how to reach her within a sentence: « courrier », « SMS »."""
        return Canal.SMS.label if self.canal == Canal.SMS else str(self.get_canal_display()).lower()


class Adresse(models.Model):
    """Where the person lives over the half-open range `periode`: the territory is known at a date."""

    personne = models.ForeignKey(Personne, on_delete=models.CASCADE, related_name="adresses")
    lignes = models.CharField("adresse", max_length=200, blank=True)
    complement = models.CharField("complément", max_length=120, blank=True)
    code_postal = models.CharField("code postal", max_length=5, blank=True)
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    domiciliation = models.BooleanField("domiciliation administrative", default=False)
    periode = DateRangeField("période")

    class Meta:
        verbose_name = "adresse"
        ordering = ["personne_id", "periode"]
        constraints = [
            ExclusionConstraint(
                name="une_adresse_a_une_date",
                expressions=[(F("personne"), RangeOperators.EQUAL), ("periode", RangeOperators.OVERLAPS)],
                violation_error_message="Une autre adresse couvre déjà une partie de cette période.",
            ),
            models.CheckConstraint(
                condition=Q(periode__isempty=False),
                name="adresse_periode_non_vide",
                violation_error_message="La période de l’adresse est vide.",
            ),
        ]

    def __str__(self) -> str:
        """Return the commune."""
        return str(self.commune or self.code_postal)
