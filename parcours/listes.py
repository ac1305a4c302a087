"""The list of people: filters, order, page, and what its rows show."""

from __future__ import annotations

import datetime
from functools import cached_property
from typing import Any, TypeVar

from django.db.models import DateField, Exists, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import Value
from django.db.models.functions import Concat
from django.utils import timezone

from parcours.droits.affectations import peut_lire_portefeuilles, portefeuilles_visibles
from parcours.models import (
    Adresse,
    AffectationReferent,
    Contrat,
    MembreFoyer,
    Orientation,
    Personne,
    RoleFoyer,
    TypeOrientation,
)
from parcours.regles.delais import plus_mois
from pdi.comptes.models import Habilitation, Role, Utilisateur
from pdi.socle.exports import Colonne as ColonneExport
from pdi.socle.filtres import FiltreBooleen, FiltreChoix, Filtres, FiltreTexte
from pdi.socle.pagination import PageParCle
from pdi.socle.tri import Tri
from pdi.structures.models import Structure
from pdi.territoires.lecture import territoires_du_departement

from .portees import habite
from .querysets import ROLES_SUIVI, PersonneQuerySet
from .recherche import chercher
from .retards import contrat_en_retard, orientee, sans_contact, sans_referent, suivie
from .statistiques.besoins import ANNEES, bornes, freins_listables, qui_attend
from .statistiques.droits import peut_ouvrir_personnes

M = TypeVar("M", bound=Model)
TRIS = {
    "nom": ("nom_affiche", "prenoms", "pk"),
    "naissance": ("date_naissance", "nom_affiche", "pk"),
    "contact": ("dernier_contact", "nom_affiche", "pk"),
}


def _orientation(**criteres: Any) -> Any:
    return Orientation.objects.au(timezone.localdate()).filter(personne=OuterRef("pk"), **criteres)


def _affectation(**criteres: Any) -> Any:
    return AffectationReferent.objects.filter(
        personne=OuterRef("pk"), periode__contains=timezone.localdate(), **criteres
    )


def de_structure(valeur: str) -> Q:
    """Return « oriented to that structure, or followed by it, today »."""
    return Q(Exists(_orientation(structure=int(valeur)))) | Q(Exists(_affectation(structure=int(valeur))))


def de_territoire(valeur: str) -> Q:
    """Return « lives there today »."""
    return Q(Exists(habite(int(valeur), timezone.localdate())))


def d_etat(valeur: str) -> Q:
    """Return « not oriented », « oriented without référent », « with a référent », today."""
    jour = timezone.localdate()
    if valeur == "a_orienter":
        return ~orientee(jour)
    return sans_referent(jour) if valeur == "sans_referent" else suivie(jour)


def a_surveiller(valeur: str) -> Q:
    """Return « contract past due », « contract over within 60 days », « nobody met them for three months »."""
    jour = timezone.localdate()
    if valeur == "contrat":
        return contrat_en_retard(jour)
    if valeur == "fin_contrat":
        bientot = jour + datetime.timedelta(days=FIN_PROCHE_JOURS)
        return Q(Exists(_contrat(jour).filter(fin__lte=bientot)))
    return (orientee(jour) | suivie(jour)) & sans_contact(jour)


def _contrat(jour: datetime.date) -> Any:
    return Contrat.objects.valides_au(jour).filter(personne=OuterRef("pk"))


SANS_COMPTE = "a"  # before the key of a follow-up: the agent it names, who has no account


def de_referent(valeur: str) -> Q:
    """Return « followed today by that account », or by that agent without account, for that structure."""
    if not valeur.startswith(SANS_COMPTE):
        return Q(Exists(_affectation(referent=int(valeur))))
    sien = AffectationReferent.objects.filter(pk=int(valeur.removeprefix(SANS_COMPTE)))
    qui = {nom: Subquery(sien.values(nom)) for nom in ("referent_nom", "structure")}
    return Q(Exists(_affectation(referent=None, **qui)))


def enfant_d_un_foyer(jour: datetime.date) -> Any:
    """Return « a child of a household », on `jour`."""
    return Exists(MembreFoyer.objects.filter(personne=OuterRef("pk"), role=RoleFoyer.ENFANT, periode__contains=jour))


def hors_enfants(jour: datetime.date) -> Q:
    """Return all but the minor children of households: known through their parents, followed by nobody."""
    majeure = Q(date_naissance__isnull=True) | Q(date_naissance__lte=plus_mois(jour, -MAJORITE_MOIS))
    return Q(majeure | ~enfant_d_un_foyer(jour))  # the birth date first: it spares most look-ups


MAJORITE_MOIS = 18 * 12
FIN_PROCHE_JOURS = 60
SURVEILLANCES = (
    ("contrat", "Contrat en retard"),
    ("fin_contrat", f"Contrat fini dans {FIN_PROCHE_JOURS} jours"),
    ("contact", "Sans contact depuis 3 mois"),
)
ETATS = (("a_orienter", "Sans orientation"), ("sans_referent", "Sans référent"), ("suivi", "Avec un référent"))


def par_la_liste(_valeur: str) -> Q:
    """Return no condition: the list applies it, with what else was chosen."""
    return Q()


class FiltreRecherche(FiltreTexte):
    """The forgiving search: applied by the list, not as a condition."""

    def condition(self, valeur: str) -> Q:
        """Return no condition."""
        return par_la_liste(valeur)


def de_qui_est_cherchee(lignes: QuerySet[M], mot: str, jour: datetime.date) -> QuerySet[M]:
    """Return the rows of the people who answer what was typed, guessed among these rows; nothing typed: all."""
    if not mot:
        return lignes
    leurs = Personne.objects.filter(pk__in=lignes.order_by().values("personne"))
    trouvees, _ = chercher(leurs, mot, aujourd_hui=jour)
    return lignes.filter(personne__in=trouvees.order_by().values("pk"))


class FiltresPersonnes(Filtres):
    """Filters of the list. What is typed to find someone is never kept with a saved search."""

    gardables = True
    mot = FiltreRecherche("Nom, date de naissance ou n° de dossier", champs=(), large=True, ephemere=True)
    portefeuille = FiltreBooleen("Mon portefeuille", si_vrai=Q())
    etat = FiltreChoix("Où en est le parcours", choix=ETATS, q=d_etat)
    orientation = FiltreChoix(
        "Type d’orientation", choix=TypeOrientation.choices, q=lambda v: Q(Exists(_orientation(type_decide=v)))
    )
    surveiller = FiltreChoix("À surveiller", choix=SURVEILLANCES, q=a_surveiller, vide="Tout")
    attend = FiltreChoix("Frein sans réponse", q=par_la_liste, vide="Peu importe")
    annee = FiltreChoix("Sans réponse en", q=par_la_liste, vide="Cette année")
    referent = FiltreChoix("Référent", q=de_referent)
    structure = FiltreChoix("Structure", q=de_structure, vide="Toutes")
    territoire = FiltreChoix("Territoire", q=par_la_liste)


def referents_proposes(utilisateur: Any) -> list[tuple[int, str]]:
    """Return the référents offered as a filter: those whose portfolio one reads, else one's colleagues."""
    if peut_lire_portefeuilles(utilisateur):
        comptes = portefeuilles_visibles(utilisateur)
    else:
        structures = utilisateur.structures_du_role(Role.REFERENT, Role.AGENT_ORIENTATION)
        tenues = Habilitation.objects.au(timezone.localdate()).filter(
            utilisateur=OuterRef("pk"), role=Role.REFERENT, structure__in=structures
        )
        comptes = Utilisateur.objects.filter(Exists(tenues))
    return [(u.pk, str(u)) for u in comptes.order_by("nom", "prenom", "pk")]


def agent_sans_compte(utilisateur: Any, valeur: str) -> list[tuple[str, str]]:
    """Return the choice of the agent that `valeur` names by one of his follow-ups, none for another word."""
    cle = valeur.removeprefix(SANS_COMPTE)
    if not (valeur.startswith(SANS_COMPTE) and cle.isdecimal()):
        return []
    suivis = AffectationReferent.objects.filter(referent=None, personne__in=Personne.objects.visibles_par(utilisateur))
    lu = suivis.filter(pk=int(cle)).select_related("structure").first()
    return [(valeur, f"{lu.referent_nom}, {lu.structure}")] if lu else []


class ListePersonnes:
    """The people one reader may find; with `portefeuille`, those whom that account follows."""

    def __init__(self, utilisateur: Any, get: Any, jour: datetime.date, portefeuille: Any = None) -> None:
        """Read the query string; rows are read when asked."""
        self.utilisateur, self.get, self.jour, self.portefeuille = utilisateur, get, jour, portefeuille
        structures = Structure.objects.filter(Exists(Orientation.objects.filter(structure=OuterRef("pk"))))
        self.filtres = FiltresPersonnes(
            get,
            choix={
                "structure": [(s.pk, str(s)) for s in structures.order_by("nom")],
                "territoire": [(t.pk, t.nom) for t in territoires_du_departement()],
                "attend": freins_listables() if peut_ouvrir_personnes(utilisateur) else [],
                "annee": [(str(a), str(a)) for a in range(jour.year, jour.year - ANNEES, -1)],
                "referent": []
                if portefeuille
                else [*agent_sans_compte(utilisateur, get.get("referent", "")), *referents_proposes(utilisateur)],
            },
        )
        if portefeuille:
            self.filtres.retirer("portefeuille", "referent", "etat")
        elif not utilisateur.a_role(Role.REFERENT):
            self.filtres.retirer("portefeuille", *(() if utilisateur.a_role(*ROLES_SUIVI) else ("referent",)))
        if portefeuille or not peut_ouvrir_personnes(utilisateur):
            self.filtres.retirer("attend", "annee")
        elif not get.get("attend"):
            self.filtres.retirer("annee")
        self.tri = Tri.lire(get, TRIS, defaut="nom")
        self.approche = False

    @property
    def base(self) -> PersonneQuerySet:
        """Return the people the list is about, before the filters."""
        return Personne.objects.visibles_par(self.utilisateur)

    @cached_property
    def trouvees(self) -> PersonneQuerySet:
        """Return the rows of the filter; `approche` says whether they only look like what was typed."""
        visibles, mot = self.base, self.filtres.valeurs.get("mot", "")
        if not mot:  # a child is found by name, and leads to the household
            visibles = visibles.filter(hors_enfants(self.jour))
        if self.portefeuille:
            visibles = visibles.filter(de_referent(str(self.portefeuille.pk)))
        if self.filtres.valeurs.get("portefeuille"):
            visibles = visibles.portefeuille_de(self.utilisateur)
        gardees = self._situees(self.filtres.appliquer(visibles))
        trouvees, self.approche = chercher(gardees, mot, aujourd_hui=self.jour)
        return trouvees

    @property
    def attend(self) -> str:
        """Return the obstacle without an answer that was chosen: the list then tells something about each person."""
        return str(self.filtres.valeurs.get("attend", ""))

    def _situees(self, personnes: PersonneQuerySet) -> PersonneQuerySet:
        """Return those of the territory and of the obstacle chosen, on the same day: of a past year, its last one."""
        jour, choisis = self.jour, self.filtres.valeurs
        if self.attend:
            annee = int(choisis.get("annee") or jour.year)
            personnes = personnes.filter(qui_attend(self.attend, annee, jour))
            jour = bornes(annee, jour)["j"]
        if territoire := choisis.get("territoire"):
            personnes = personnes.filter(Exists(habite(int(territoire), jour)))
        return personnes

    @property
    def decorees(self) -> QuerySet[Personne]:
        """Return the rows with commune, orientation and référent of today, in the same query."""
        ici = Adresse.objects.filter(personne=OuterRef("pk"), periode__contains=self.jour)
        nom = Concat("referent__prenom", Value(" "), "referent__nom")
        return self.trouvees.defer("nir_chiffre", "nir_empreinte", "recherche").annotate(
            commune=Subquery(ici.values("commune__nom")[:1]),
            enfant=enfant_d_un_foyer(self.jour),
            orientation=Subquery(_orientation().values("type_decide")[:1]),
            orientee_le=Subquery(_orientation().values("decidee_le")[:1], output_field=DateField()),
            referent=Subquery(_affectation(referent__isnull=False).annotate(qui=nom).values("qui")[:1]),
            referent_nom=Subquery(_affectation().values("referent_nom")[:1]),
            contrat_fin=Subquery(_contrat(self.jour).order_by("-fin").values("fin")[:1], output_field=DateField()),
        )

    @cached_property
    def _page(self) -> PageParCle[Personne]:
        return PageParCle(self.decorees, self.tri.cles, self.get.get("curseur"))

    @cached_property
    def page(self) -> PageParCle[Personne]:
        """Return one page."""
        page = self._page
        for personne in page.objets:
            personne.type_orientation = libelle_orientation(personne)  # type: ignore[attr-defined]
            personne.en_retard = personne.pk in self.en_retard  # type: ignore[attr-defined]
        return page

    @cached_property
    def en_retard(self) -> set[int]:
        """Return those of the page whose contract is past due."""
        cles = [p.pk for p in self._page.objets]
        lues = Personne.objects.filter(contrat_en_retard(self.jour, cles), pk__in=cles)
        return set(lues.order_by().values_list("pk", flat=True))


def libelle_orientation(personne: Any) -> str:
    """Return the orientation of a decorated row in words, empty when there is none."""
    return TypeOrientation(personne.orientation).label if personne.orientation else ""


COLONNES_EXPORT = (
    ColonneExport("Nom de naissance", "nom_naissance", largeur=24),
    ColonneExport("Nom d’usage", "nom_usage", largeur=24),
    ColonneExport("Prénoms", "prenoms", largeur=24),
    ColonneExport("Date de naissance", "date_naissance", type="date", largeur=14),
    ColonneExport("Commune", "commune", largeur=24),
    ColonneExport("Orientation", libelle_orientation, largeur=30),
    ColonneExport("Décidée le", "orientee_le", type="date", largeur=14),
    ColonneExport("Contrat jusqu’au", "contrat_fin", type="date", largeur=14),
    ColonneExport("Référent", lambda p: p.referent or p.referent_nom, largeur=24),
    ColonneExport("Dernier contact", "dernier_contact", type="date", largeur=14),
    ColonneExport("Personne fictive", lambda p: p.fictive, largeur=10),
)
