"""The list of contracts: filters read from dates, order, page, counts at its head."""

from __future__ import annotations

import datetime
from functools import cached_property
from typing import Any

from django.db.models import Count, DateTimeField, Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from parcours.lecture_contrats import suites_engagees
from parcours.listes import FiltreRecherche, de_qui_est_cherchee
from parcours.models import Adresse, AffectationReferent, Contrat, EtatContrat, NatureContrat, TransitionContrat
from parcours.regles.contrats import ALERTES, DU_CIRCUIT, PAR_DATES, VALIDATION_LENTE, affichage
from pdi.comptes.models import Utilisateur
from pdi.socle.exports import Colonne as ColonneExport
from pdi.socle.filtres import FiltreChoix, Filtres
from pdi.socle.pagination import PageParCle
from pdi.socle.tri import Tri
from pdi.structures.models import Structure
from pdi.territoires.lecture import territoires_du_departement

TRIS = {
    "nom": ("personne__nom_affiche", "personne__prenoms", "pk"),
    "debut": ("debut", "pk"),
    "fin": ("fin", "pk"),
    "soumis": ("soumis_le", "pk"),
}


def _suites() -> Exists:
    return Exists(Contrat.objects.filter(suites_engagees(), precedent=OuterRef("pk")))


def _suivi() -> Q:
    return Q(_suites())


def de_situation(valeur: str) -> Q:
    """Return the condition of a word of `affichage`: the circuit is stored, the rest is read from dates."""
    jour = timezone.localdate()
    if valeur in DU_CIRCUIT:
        return Q(etat=valeur)
    valide, alerte = Q(etat=EtatContrat.VALIDE), jour + datetime.timedelta(max(ALERTES))
    renouveler = Q(debut__lte=jour, fin__gte=jour, fin__lte=alerte) & ~_suivi()
    par_dates = {
        "a_venir": Q(debut__gt=jour),
        "en_cours": Q(debut__lte=jour, fin__gte=jour) & (Q(fin__gt=alerte) | _suivi()),
        "a_renouveler": renouveler,
        "echu": Q(fin__lt=jour) & ~_suivi(),
        "suivi": Q(fin__lt=jour) & _suivi(),
    }
    return valide & par_dates[valeur]


def d_echeance(valeur: str) -> Q:
    """Return « ends within that many days », validated and not followed by another."""
    jour = timezone.localdate()
    return Q(etat=EtatContrat.VALIDE, fin__range=(jour, jour + datetime.timedelta(int(valeur)))) & ~_suivi()


def en_retard(valeur: str) -> Q:
    """Return « ended without bilan nor renewal », « review passed », « validation waited too long »."""
    jour = timezone.localdate()
    limite = timezone.now() - datetime.timedelta(VALIDATION_LENTE)
    soumis = TransitionContrat.objects.filter(contrat=OuterRef("pk"), vers=EtatContrat.SOUMIS)
    return {
        "echu": de_situation("echu"),
        "revision": Q(etat=EtatContrat.VALIDE, revision_le__lt=jour, fin__gte=jour) & ~_suivi(),
        "validation": Q(etat=EtatContrat.SOUMIS) & ~Q(Exists(soumis.filter(le__gte=limite))),
    }[valeur]


RETARDS = (
    ("echu", "Échu sans bilan ni suite"),
    ("revision", "Réexamen dépassé"),
    ("validation", f"À valider depuis plus de {VALIDATION_LENTE} jours"),
)


def de_territoire(valeur: str) -> Q:
    """Return « the person lives there today »."""
    jour = timezone.localdate()
    ici = Adresse.objects.filter(
        personne=OuterRef("personne"), periode__contains=jour, commune__rattachements__territoire=int(valeur),
        commune__rattachements__validite__contains=jour,
    )  # fmt: skip
    return Q(Exists(ici))


class FiltresContrats(Filtres):
    """Filters of the list."""

    mot = FiltreRecherche("Nom, date de naissance ou n° de dossier", champs=(), large=True, ephemere=True)
    situation = FiltreChoix(
        "État", q=de_situation, choix=[(a.code, a.libelle) for a in (*DU_CIRCUIT.values(), *PAR_DATES)]
    )
    echeance = FiltreChoix("Finit dans", q=d_echeance, choix=[(str(j), f"{j} jours au plus") for j in ALERTES])
    retard = FiltreChoix("En retard", q=en_retard, choix=RETARDS, vide="Tous")
    nature = FiltreChoix("Nature", champ="nature", choix=NatureContrat.choices, vide="Toutes")
    structure = FiltreChoix("Structure", champ="structure_id", vide="Toutes")
    territoire = FiltreChoix("Territoire", q=de_territoire)
    referent = FiltreChoix("Référent", champ="referent_id")


class ListeContrats:
    """The contracts one reader may find."""

    def __init__(self, utilisateur: Any, get: Any, jour: datetime.date) -> None:
        """Read the query string; rows are read when asked."""
        self.utilisateur, self.get, self.jour = utilisateur, get, jour
        structures = Structure.objects.filter(Exists(Contrat.objects.filter(structure=OuterRef("pk"))))
        referents = Utilisateur.objects.filter(
            Exists(AffectationReferent.objects.filter(referent=OuterRef("pk"), periode__contains=jour))
        )
        self.filtres = FiltresContrats(
            get,
            choix={
                "structure": [(s.pk, str(s)) for s in structures.order_by("nom")],
                "territoire": [(t.pk, t.nom) for t in territoires_du_departement()],
                "referent": [(u.pk, str(u)) for u in referents.order_by("nom", "prenom")],
            },
        )
        self.tri = Tri.lire(get, TRIS, defaut="-debut")

    @property
    def visibles(self) -> QuerySet[Contrat]:
        """Return every contract of the reader's scope."""
        return Contrat.objects.visibles_par(self.utilisateur)

    @property
    def decorees(self) -> QuerySet[Contrat]:
        """Return the rows of the filter with what they show, in the same query."""
        soumissions = TransitionContrat.objects.filter(contrat=OuterRef("pk"), vers=EtatContrat.SOUMIS)
        derniere = soumissions.order_by().values("contrat").annotate(d=Max("le")).values("d")
        gardes = self.filtres.appliquer(self.visibles)
        return (
            de_qui_est_cherchee(gardes, self.filtres.valeurs.get("mot", ""), self.jour)
            .select_related("personne", "structure", "referent")
            .defer("personne__nir_chiffre", "personne__nir_empreinte", "personne__recherche")
            .annotate(suivi=_suites(), soumis_le=Subquery(derniere, output_field=DateTimeField()))
        )

    @cached_property
    def page(self) -> PageParCle[Contrat]:
        """Return one page."""
        page = PageParCle(self.decorees, self.tri.cles, self.get.get("curseur"))
        for contrat in page.objets:
            contrat.affichage = situation_de(contrat, self.jour)  # type: ignore[attr-defined]
        return page

    @cached_property
    def comptes(self) -> dict[str, int]:
        """Return how many wait: to validate, ending within 60 days, ended without a sequel (one query)."""
        return self.visibles.aggregate(
            soumis=Count("pk", filter=de_situation("soumis")),
            a_corriger=Count("pk", filter=de_situation("a_corriger")),
            a_renouveler=Count("pk", filter=d_echeance(str(max(ALERTES)))),
            echus=Count("pk", filter=de_situation("echu")),
        )


def situation_de(contrat: Any, jour: datetime.date) -> Any:
    """Return how a decorated row stands."""
    return affichage(contrat.etat, contrat.debut, contrat.fin, jour, suite=contrat.suivi)


COLONNES_EXPORT = (
    ColonneExport("Nom de naissance", "personne.nom_naissance", largeur=24),
    ColonneExport("Prénoms", "personne.prenoms", largeur=24),
    ColonneExport("Date de naissance", "personne.date_naissance", type="date", largeur=14),
    ColonneExport("Nature", lambda c: c.get_nature_display(), largeur=30),
    ColonneExport("Rang", lambda c: c.get_rang_display(), largeur=16),
    ColonneExport("État", lambda c: situation_de(c, timezone.localdate()).libelle, largeur=22),
    ColonneExport("Début", "debut", type="date", largeur=12),
    ColonneExport("Fin", "fin", type="date", largeur=12),
    ColonneExport("Heures par semaine", "heures_hebdo", type="nombre", largeur=12),
    ColonneExport("Réexamen", "revision_le", type="date", largeur=12),
    ColonneExport("Structure", "structure.nom", largeur=30),
    ColonneExport("Référent", lambda c: str(c.referent or ""), largeur=24),
    ColonneExport("Signé par la personne le", "signe_personne_le", type="date", largeur=14),
    ColonneExport("Décidé le", "decide_le", type="date", largeur=12),
    ColonneExport("Personne fictive", "personne.fictive", largeur=10),
)
