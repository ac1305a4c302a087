"""An offer of insertion: what a prescription needs to know of it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse

from actions.models import FicheAction
from offre.querysets import OffreQuerySet
from offre.regles.publics import PublicVise
from pdi.socle.models import LigneEtat
from pdi.structures.models import Structure
from pdi.territoires.models import Commune, Departement, TerritoireAction

from .referentiel import Frein


class CategorieOffre(models.TextChoices):
    """The three categories of Essonne's catalogue."""

    EMPLOI = "emploi", "Emploi"
    SOCIO_PRO = "socio-professionnelle", "Insertion socio-professionnelle"
    SOCIALE = "sociale", "Insertion sociale"


class EtatOffre(models.TextChoices):
    """Life of an offer sheet."""

    BROUILLON = "brouillon", "Brouillon"
    EN_RELECTURE = "en_relecture", "En relecture"
    PUBLIEE = "publiee", "Publiée"
    SUSPENDUE = "suspendue", "Suspendue"
    ARCHIVEE = "archivee", "Archivée"


class TypeAdmis(models.TextChoices):
    """Orientation types an offer admits; same codes as parcours.models.TypeOrientation, which is a storey above."""

    EMPLOI = "emploi", "Emploi (professionnelle)"
    SOCIO_PRO = "socio_pro", "Socio-professionnelle (global)"
    SOCIAL = "social", "Sociale (remobilisation)"


class ConditionFoyer(models.TextChoices):
    """What the offer asks of the household."""

    AUCUNE = "", "Aucune condition"
    ENFANT = "enfant", "Au moins un enfant à charge"
    PARENT_ISOLE = "parent_isole", "Parent isolé"


class OffreInsertion(models.Model):
    """One offer. `places` is a number in `places_unite`; ages are inclusive years; durations in months and hours.

    Eligibility is structured (`age_*`, `sexe`, `types_orientation`, `contrat_requis`, …: empty means « no condition »)
    beside the printed sentences, which stay what people read. `cout` in euros a place. `confirmee_le`: last day
    somebody said the sheet is right. `recherche` is written by the database (migration 0002): the words of the sheet,
    its operators, obstacles and places, accents and case removed.
    """

    departement = models.ForeignKey(Departement, on_delete=models.PROTECT, related_name="offres")
    numero = models.CharField("numéro", max_length=10, blank=True)
    ordre = models.PositiveSmallIntegerField("ordre", default=0)
    categorie = models.CharField("catégorie", max_length=25, choices=CategorieOffre)
    intitule = models.CharField("intitulé", max_length=200)
    objectifs = ArrayField(models.TextField(), default=list, blank=True, verbose_name="objectifs")
    publics = ArrayField(models.TextField(), default=list, blank=True, verbose_name="publics")
    publics_vises = ArrayField(
        models.CharField(max_length=14, choices=PublicVise), default=list, blank=True, verbose_name="publics visés"
    )
    conditions_acces = ArrayField(models.TextField(), default=list, blank=True, verbose_name="conditions d’accès")
    contenu = ArrayField(models.TextField(), default=list, blank=True, verbose_name="contenu")
    thematiques = ArrayField(models.CharField(max_length=80), default=list, blank=True, verbose_name="thèmes")
    age_min = models.PositiveSmallIntegerField("âge minimal", null=True, blank=True)
    age_max = models.PositiveSmallIntegerField("âge maximal", null=True, blank=True)
    places = models.PositiveIntegerField("places", null=True, blank=True)
    places_unite = models.CharField("unité des places", max_length=40, blank=True)
    places_detail = models.CharField("précision sur les places", max_length=250, blank=True)
    duree_texte = models.CharField("durée", max_length=250, blank=True)
    duree_min_mois = models.DecimalField("durée minimale (mois)", max_digits=5, decimal_places=2, null=True, blank=True)
    duree_max_mois = models.DecimalField("durée maximale (mois)", max_digits=5, decimal_places=2, null=True, blank=True)
    heures = models.DecimalField("heures", max_digits=7, decimal_places=1, null=True, blank=True)
    documents = models.CharField("documents à apporter", max_length=250, blank=True)
    operateurs = models.ManyToManyField(Structure, blank=True, related_name="offres")
    freins = models.ManyToManyField(Frein, blank=True, related_name="offres")
    fiches = models.ManyToManyField(FicheAction, blank=True, related_name="offres")
    prescription_referent = models.BooleanField("prescrite par les référents", default=True)
    prescription_prestataire = models.BooleanField("prescrite par les prestataires", default=False)
    auto_prescription = models.BooleanField("auto-prescription possible", default=False)
    sexe = models.CharField(
        "réservée aux", max_length=1, choices=[("", "Femmes et hommes"), ("F", "Femmes"), ("H", "Hommes")], blank=True
    )
    brsa_seulement = models.BooleanField("réservée aux bénéficiaires du RSA", default=False)
    types_orientation = ArrayField(
        models.CharField(max_length=12, choices=TypeAdmis),
        default=list,
        blank=True,
        verbose_name="types d’orientation admis",
    )
    inscription_france_travail = models.BooleanField("inscription à France Travail exigée", default=False)
    contrat_requis = models.BooleanField("contrat validé exigé", default=False)
    foyer_requis = models.CharField(
        "condition de foyer", max_length=15, choices=ConditionFoyer, blank=True, default=ConditionFoyer.AUCUNE
    )
    enfant_age_max = models.PositiveSmallIntegerField("âge maximal de l’enfant", null=True, blank=True)
    anciennete_rsa_max_mois = models.PositiveSmallIntegerField(
        "ancienneté maximale au RSA (mois)", null=True, blank=True
    )
    heures_hebdo = models.DecimalField("heures par semaine", max_digits=4, decimal_places=1, null=True, blank=True)
    modalites = models.TextField("comment y accéder", blank=True)
    cout = models.DecimalField("coût par place (€)", max_digits=10, decimal_places=2, null=True, blank=True)
    contact_nom = models.CharField("contact", max_length=120, blank=True)
    contact_telephone = models.CharField("téléphone du contact", max_length=20, blank=True)
    contact_courriel = models.EmailField("courriel du contact", blank=True)
    etat = models.CharField("état", max_length=12, choices=EtatOffre, default=EtatOffre.BROUILLON)
    motif_renvoi = models.TextField("motif du renvoi", blank=True)
    publiee_le = models.DateTimeField("publiée le", null=True, blank=True)
    publiee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmee_le = models.DateField("confirmée le", null=True, blank=True)
    version = models.PositiveIntegerField("version", default=1)
    modifiee_le = models.DateTimeField("modifiée le", db_default=Now())
    modifiee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    demonstration = models.BooleanField("donnée de démonstration", default=False)
    source = models.CharField("source", max_length=200, blank=True)
    recherche = models.TextField(blank=True, editable=False)

    objects = OffreQuerySet.as_manager()

    class Meta:
        verbose_name = "offre d’insertion"
        verbose_name_plural = "offres d’insertion"
        ordering = ["ordre", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["departement", "numero"],
                condition=~Q(numero=""),
                name="offre_numero_unique",
                violation_error_message="Ce numéro d’offre existe déjà.",
            ),
            models.CheckConstraint(
                condition=Q(age_min__isnull=True) | Q(age_max__isnull=True) | Q(age_max__gte=F("age_min")),
                name="offre_ages_dans_l_ordre",
                violation_error_message="L’âge maximal est inférieur à l’âge minimal.",
            ),
            models.CheckConstraint(
                condition=Q(duree_min_mois__isnull=True)
                | Q(duree_max_mois__isnull=True)
                | Q(duree_max_mois__gte=F("duree_min_mois")),
                name="offre_durees_dans_l_ordre",
                violation_error_message="La durée maximale est inférieure à la durée minimale.",
            ),
            models.CheckConstraint(
                condition=Q(enfant_age_max__isnull=True) | ~Q(foyer_requis=""),
                name="offre_age_enfant_d_un_foyer",
                violation_error_message="L’âge de l’enfant précise une condition de foyer\u00a0: choisissez-la.",
            ),
            models.CheckConstraint(
                condition=Q(cout__isnull=True) | Q(cout__gte=0),
                name="offre_cout_positif",
                violation_error_message="Le coût d’une place n’est pas négatif.",
            ),
        ]
        indexes = [
            GinIndex(fields=["recherche"], opclasses=["gin_trgm_ops"], name="offre_recherche_trgm"),
            GinIndex(fields=["thematiques"], name="offre_thematiques"),
            GinIndex(fields=["publics_vises"], name="offre_publics"),
            models.Index(fields=["ordre", "id"], condition=Q(etat="publiee"), name="offre_publiees"),
        ]

    def __str__(self) -> str:
        """Return number and title."""
        return f"{self.numero} {self.intitule}".strip()

    def get_absolute_url(self) -> str:
        """Return the offer's page."""
        return reverse("offre:offre", args=[self.pk])

    @property
    def ages(self) -> str:
        """Return the ages in words, empty when the offer has no bound."""
        if self.age_min is not None and self.age_max is not None:
            return f"de {self.age_min} à {self.age_max} ans"
        if self.age_max is not None:
            return f"moins de {self.age_max + 1} ans"
        return f"{self.age_min} ans ou plus" if self.age_min is not None else ""

    @property
    def foyer(self) -> str:
        """Return the condition on the household in words, empty without one."""
        dit = self.get_foyer_requis_display().lower() if self.foyer_requis else ""
        return f"{dit}, de moins de {self.enfant_age_max + 1} ans" if self.enfant_age_max is not None else dit

    @property
    def prescripteurs(self) -> list[str]:
        """Return who may prescribe the offer, in words."""
        ouverts = (
            (self.prescription_referent, "les référents de parcours"),
            (self.prescription_prestataire, "les prestataires de l’offre d’insertion"),
            (self.auto_prescription, "la personne elle-même"),
        )
        return [qui for ouvert, qui in ouverts if ouvert]


class TransitionOffre(LigneEtat):
    """One change of state of an offer sheet."""

    offre = models.ForeignKey(OffreInsertion, on_delete=models.CASCADE, related_name="transitions")

    class Meta(LigneEtat.Meta):
        verbose_name = "changement d’état d’une offre"
        verbose_name_plural = "changements d’état des offres"


class VersionOffre(models.Model):
    """The content of a sheet as it was published: `contenu` is what `offre.versions.contenu_de` gives."""

    offre = models.ForeignKey(OffreInsertion, on_delete=models.CASCADE, related_name="versions")
    numero = models.PositiveIntegerField("version")
    contenu = models.JSONField("contenu")
    le = models.DateTimeField("le", db_default=Now())
    par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "version d’une offre"
        verbose_name_plural = "versions des offres"
        ordering = ["-numero"]
        constraints = [models.UniqueConstraint(fields=["offre", "numero"], name="version_offre_unique")]

    def __str__(self) -> str:
        """Return its number."""
        return f"Version {self.numero}"


class LieuOffre(models.Model):
    """A place where the offer is delivered. Without a commune, it is delivered everywhere or at a distance."""

    offre = models.ForeignKey(OffreInsertion, on_delete=models.CASCADE, related_name="lieux")
    nom = models.CharField("nom du lieu", max_length=150, blank=True)
    adresse = models.CharField("adresse", max_length=250, blank=True)
    code_postal = models.CharField("code postal", max_length=5, blank=True)
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    latitude = models.DecimalField("latitude", max_digits=8, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField("longitude", max_digits=9, decimal_places=6, null=True, blank=True)
    horaires = models.CharField("horaires", max_length=200, blank=True)
    acces = models.CharField("accès (transports, mobilité réduite)", max_length=250, blank=True)
    a_distance = models.BooleanField("à distance", default=False)
    ordre = models.PositiveSmallIntegerField("ordre", default=0)

    class Meta:
        verbose_name = "lieu"
        verbose_name_plural = "lieux"
        ordering = ["ordre", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__isnull=False, longitude__isnull=False),
                name="lieu_coordonnees_completes",
                violation_error_message="Donnez la latitude et la longitude, ou aucune des deux.",
            )
        ]

    def __str__(self) -> str:
        """Return name and commune."""
        return ", ".join(str(m) for m in (self.nom, self.commune) if m) or "À distance"


class UniteCapacite(models.TextChoices):
    """What a capacity counts."""

    PLACES = "places", "places"
    HEURES = "heures", "heures"


class CapaciteOffre(models.Model):
    """Places or hours of an offer for a year, for a territory (None: the whole département)."""

    offre = models.ForeignKey(OffreInsertion, on_delete=models.CASCADE, related_name="capacites")
    annee = models.PositiveSmallIntegerField("année")
    territoire = models.ForeignKey(TerritoireAction, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    unite = models.CharField("unité", max_length=8, choices=UniteCapacite, default=UniteCapacite.PLACES)
    quantite = models.DecimalField("quantité", max_digits=10, decimal_places=1)
    dont_brsa = models.DecimalField(
        "dont réservées aux bénéficiaires du RSA", max_digits=10, decimal_places=1, null=True, blank=True
    )

    class Meta:
        verbose_name = "capacité"
        ordering = ["-annee", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["offre", "annee", "territoire", "unite"],
                nulls_distinct=False,
                name="capacite_offre_unique",
                violation_error_message="Cette capacité est déjà donnée pour cette année et ce territoire.",
            ),
            models.CheckConstraint(
                condition=Q(quantite__gt=0)
                & (Q(dont_brsa__isnull=True) | Q(dont_brsa__gte=0, dont_brsa__lte=F("quantite"))),
                name="capacite_offre_coherente",
                violation_error_message="Une capacité est positive, et la part réservée ne la dépasse pas.",
            ),
        ]

    def __str__(self) -> str:
        """Return quantity and unit."""
        return f"{self.quantite.normalize():f} {self.get_unite_display()} en {self.annee}"
