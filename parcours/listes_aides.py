"""The list of aids, and that of envelopes."""

from __future__ import annotations

import datetime
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from parcours.models import Adresse, AttributionAide, EnveloppeAide, EtatAide, ReglementAide
from parcours.portees import suivies_par
from parcours.regles.attributions import TONS
from parcours.vues_de_liste import ListeAVues
from pdi.socle.exports import Colonne as ColonneExport
from pdi.socle.filtres import FiltreAnnee, FiltreBooleen, FiltreChoix, Filtres, FiltreTexte
from pdi.socle.pagination import PageParCle
from pdi.socle.tri import Tri
from pdi.territoires.models import TerritoireAction

PREMIERE_ANNEE = 2009  # the RSA
E = EtatAide


def _de_territoire(valeur: str) -> Q:
    """Return « lived there on the day of the request »."""
    return Q(
        Exists(
            Adresse.objects.filter(
                personne=OuterRef("personne"),
                periode__contains=OuterRef("demandee_le"),
                commune__rattachements__territoire=int(valeur),
                commune__rattachements__validite__contains=OuterRef("demandee_le"),
            )
        )
    )


def _annees() -> range:
    return range(PREMIERE_ANNEE, timezone.localdate().year + 2)


class FiltresAides(Filtres):
    """Filters of the list."""

    mot = FiltreTexte(
        "Nom ou objet", large=True,
        champs=("personne__nom_naissance", "personne__nom_usage", "personne__prenoms", "objet"),
    )  # fmt: skip
    etat = FiltreChoix("État", champ="etat", choix=E.choices)
    reglement = FiltreChoix("Règlement", champ="reglement__code")
    territoire = FiltreChoix("Territoire", q=_de_territoire)
    annee = FiltreAnnee("Année de la demande", champ="demandee_le__year", annees=())
    portefeuille = FiltreBooleen("Mon portefeuille", si_vrai=Q())


TRIS_AIDES = {
    "date": ("demandee_le", "pk"),
    "montant": ("montant", "pk"),
    "personne": ("personne__nom_affiche", "personne__prenoms", "pk"),
}


class ListeAides(ListeAVues[AttributionAide]):
    """The aids one reader may see."""

    def __init__(self, utilisateur: Any, get: Any, jour: datetime.date) -> None:
        """Read the query string; rows are read when asked."""
        self.utilisateur, self.get, self.jour = utilisateur, get, jour
        reglements = ReglementAide.objects.order_by("intitule").values_list("code", "intitule")
        self.filtres = FiltresAides(
            get,
            choix={
                "reglement": list(dict(reglements).items()),
                "territoire": [(t.pk, t.nom) for t in territoires(jour)],
                "annee": [(a, str(a)) for a in reversed(_annees())],
            },
        )
        self.tri = Tri.lire(get, TRIS_AIDES, defaut="-date")
        self.vue = get.get("vue", "")

    @cached_property
    def conditions(self) -> dict[str, tuple[str, Q, str]]:
        """Return {code: (words, condition, tone)} of the ready-made filters."""
        return {
            "a_decider": ("À décider", Q(etat=E.DEMANDEE), "veille"),
            "a_completer": ("À compléter", Q(etat=E.A_CORRIGER), "veille"),
            "a_verser": ("Accordées, à verser", Q(etat=E.ACCORDEE), "info"),
        }

    @cached_property
    def du_lecteur(self) -> QuerySet[AttributionAide]:
        """Return the rows the reader may see, through the other filters."""
        visibles = AttributionAide.objects.visibles_par(self.utilisateur)
        if self.filtres.valeurs.get("portefeuille"):
            visibles = visibles.filter(Exists(suivies_par(self.utilisateur).filter(personne=OuterRef("personne"))))
        return self.filtres.appliquer(visibles)

    @property
    def decorees(self) -> QuerySet[AttributionAide]:
        """Return the rows with what a line shows."""
        return self.trouvees.select_related("personne", "reglement").defer(
            "personne__nir_chiffre", "personne__nir_empreinte", "personne__recherche"
        )

    @cached_property
    def page(self) -> PageParCle[AttributionAide]:
        """Return one page."""
        return PageParCle(self.decorees, self.tri.cles, self.get.get("curseur"))

    @property
    def lignes(self) -> list[tuple[AttributionAide, str]]:
        """Return (aid, tone) of the page."""
        return [(a, TONS[E(a.etat)]) for a in self.page.objets]

    @cached_property
    def total_accorde(self) -> Any:
        """Return what the granted and paid aids of the filters sum to, in euros."""
        return self.trouvees.filter(etat__in=[E.ACCORDEE, E.VERSEE]).aggregate(total=Sum("montant"))["total"] or 0


COLONNES_AIDES = (
    ColonneExport("Nom de naissance", "personne.nom_naissance", largeur=24),
    ColonneExport("Prénoms", "personne.prenoms", largeur=24),
    ColonneExport("Date de naissance", "personne.date_naissance", type="date", largeur=14),
    ColonneExport("Règlement", "reglement.intitule", largeur=30),
    ColonneExport("Composante", "composante_texte", largeur=26),
    ColonneExport("Objet", "objet", largeur=40),
    ColonneExport("Montant", "montant", type="euros", largeur=12),
    ColonneExport("Demandée le", "demandee_le", type="date", largeur=14),
    ColonneExport("État", lambda a: a.get_etat_display(), largeur=16),
    ColonneExport("Décidée le", "decidee_le", type="date", largeur=14),
    ColonneExport("Versée le", "versee_le", type="date", largeur=14),
    ColonneExport("Motif du refus", "motif_refus", largeur=40),
    ColonneExport("Dérogation", "derogation", largeur=40),
    ColonneExport("Personne fictive", lambda a: a.personne.fictive, largeur=10),
)


# -- envelopes ---------------------------------------------------------------------------------


def territoires(jour: datetime.date) -> QuerySet[TerritoireAction]:
    """Return the action territories of the département on `jour`."""
    return TerritoireAction.objects.filter(departement=settings.DEPARTEMENT_CODE, validite__contains=jour).order_by(
        "nom"
    )


class FiltresEnveloppes(Filtres):
    """Filters of envelopes."""

    annee = FiltreAnnee("Année", champ="annee", annees=())
    reglement = FiltreChoix("Règlement", champ="reglement__code")
    territoire = FiltreChoix("Territoire", champ="territoire")


TRIS_ENVELOPPES = {
    "reglement": ("reglement__intitule", "annee", "pk"),
    "annee": ("annee", "reglement__intitule", "pk"),
    "montant": ("montant", "pk"),
    "consomme": ("consomme", "pk"),
    "reste": ("disponible", "pk"),
}


class ListeEnveloppes:
    """The envelopes."""

    def __init__(self, get: Any, jour: datetime.date) -> None:
        """Read the query string; rows are read when asked."""
        self.get = get
        reglements = ReglementAide.objects.order_by("intitule").values_list("code", "intitule")
        annees = {*EnveloppeAide.objects.values_list("annee", flat=True), jour.year}
        self.filtres = FiltresEnveloppes(
            get,
            choix={
                "annee": [(a, str(a)) for a in sorted(annees, reverse=True)],
                "reglement": list(dict(reglements).items()),
                "territoire": [(t.pk, t.nom) for t in territoires(jour)],
            },
        )
        self.tri = Tri.lire(get, TRIS_ENVELOPPES, defaut="-annee")

    @property
    def trouvees(self) -> QuerySet[EnveloppeAide]:
        """Return the rows of the filters with `disponible`."""
        lues = EnveloppeAide.objects.select_related("reglement", "territoire")
        return self.filtres.appliquer(lues.annotate(disponible=F("montant") - F("consomme")))

    @cached_property
    def page(self) -> PageParCle[EnveloppeAide]:
        """Return one page."""
        return PageParCle(self.trouvees, self.tri.cles, self.get.get("curseur"))

    @cached_property
    def sommes(self) -> dict[str, Any] | None:
        """Return amount, consumed and left of one year, in euros; None when several years are shown together."""
        if "annee" not in self.filtres.valeurs:
            return None
        lues = self.trouvees.aggregate(montant=Sum("montant"), consomme=Sum("consomme"))
        montant, consomme = lues["montant"] or 0, lues["consomme"] or 0
        return {"montant": montant, "consomme": consomme, "reste": montant - consomme}


COLONNES_ENVELOPPES = (
    ColonneExport("Règlement", "reglement.intitule", largeur=36),
    ColonneExport("Année", "annee", type="nombre", largeur=8),
    ColonneExport("Territoire", lambda e: str(e.territoire or "Tout le Département"), largeur=30),
    ColonneExport("Montant", "montant", type="euros", largeur=14),
    ColonneExport("Consommé", "consomme", type="euros", largeur=14),
    ColonneExport("Reste", "reste", type="euros", largeur=14),
    ColonneExport("Donnée de démonstration", "demonstration", largeur=12),
)
