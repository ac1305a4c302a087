"""One queue as a screen reads it: filters, order, figures, page, and what each row says and leads to."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Any

from django.core.cache import cache as magasin
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.urls import reverse

from parcours.adresses import adresse
from parcours.listes import FiltreRecherche
from parcours.models import Adresse, AffectationReferent, Orientation, Personne, SituationSuivi, SuiviPostSortie
from parcours.querysets import PersonneQuerySet
from parcours.recherche import chercher
from parcours.regles.delais import plus_mois
from parcours.regles.sorties import taux_de_reponse
from pdi.comptes.models import Utilisateur
from pdi.socle.exports import Colonne as ColonneExport
from pdi.socle.filtres import FiltreChoix, Filtres
from pdi.socle.formats import nombre
from pdi.socle.pagination import Denombrement, PageParCle
from pdi.socle.tri import Tri
from pdi.structures.models import Structure
from pdi.territoires.lecture import territoires_du_departement

from . import blocages
from .catalogue import FileAttente
from .comptes import corriger
from .horloges import Cadre
from .perimetre import annotees, du_perimetre, lignes, pretes, suivies_aujourd_hui

DUREE = 60  # seconds that the figures of a queue are kept from one page to the next
PROCHES = (("retard", "Dépassée"), ("semaine", "Dans les 7 jours"), ("mois", "Dans les 30 jours"))


@dataclass(frozen=True)
class Ligne:
    """One row: who, since when, until when, why, and the gesture that resolves it."""

    objet: Any
    personne: Any
    commune: str
    depuis: datetime.date | None
    echeance: datetime.date | None
    retard: int
    reference: str
    bloque: str
    detail: str
    geste: str
    url: str
    dossier: str

    @property
    def ton(self) -> str:
        """Return the tone of the delay: late, soon, in time."""
        return "retard" if self.retard else "neutre"


@dataclass(frozen=True)
class Figures:
    """How many rows pass the filters: in all, late, due within a week, later."""

    total: int
    retard: int
    semaine: int

    @property
    def apres(self) -> int:
        """Return how many are due later."""
        return self.total - self.retard - self.semaine


@dataclass(frozen=True)
class Reponses:
    """Follow-ups due, and those that reached the person."""

    dus: int
    recueillis: int

    @property
    def taux(self) -> float | None:
        """Return the response rate, in percent."""
        return taux_de_reponse(self.recueillis, self.dus)

    @property
    def en_mots(self) -> str:
        """Return « 12 recueillis sur 30 dus »."""
        return f"{nombre(self.recueillis)} recueillis sur {nombre(self.dus)} dus"


def _territoire(file: FileAttente, valeur: str, jour: datetime.date) -> Q:
    ici = Adresse.objects.filter(
        personne=OuterRef(f"{file.personne}__pk"), periode__contains=jour,
        commune__rattachements__territoire=int(valeur), commune__rattachements__validite__contains=jour,
    )  # fmt: skip
    return Q(Exists(ici))


def _echeance(valeur: str, jour: datetime.date) -> Q:
    if valeur == "retard":
        return Q(echeance__lt=jour)
    return Q(echeance__gte=jour, echeance__lte=jour + datetime.timedelta(days=7 if valeur == "semaine" else 30))


def filtres_de(file: FileAttente, get: QueryDict, cadre: Cadre, choix: Mapping[str, Any]) -> Filtres:
    """Return the filters of a queue: who, deadline, what holds back, structure, territory, référent."""
    declares: dict[str, Any] = {
        "mot": FiltreRecherche("Nom, date de naissance ou n° de dossier", champs=(), large=True, ephemere=True),
        "delai": FiltreChoix("Échéance", choix=PROCHES, vide="Toutes", q=lambda v: _echeance(v, cadre.jour)),
    }
    if blocages.RENDEZ_VOUS in file.bloque:
        declares["blocage"] = FiltreChoix(
            "Ce qui bloque", choix=blocages.CHOIX, vide="Tout", q=lambda v: blocages.filtrer(file, v, cadre.jour)
        )
    if file.structure:
        declares["structure"] = FiltreChoix("Structure", champ=file.structure, vide="Toutes")
    declares["territoire"] = FiltreChoix("Territoire", q=lambda v: _territoire(file, v, cadre.jour))
    declares["referent"] = FiltreChoix("Référent", q=lambda v: suivies_aujourd_hui(file, int(v), cadre))
    classe: type[Filtres] = type("FiltresFile", (Filtres,), declares)
    return classe(get, choix=choix)


def _choix() -> dict[str, list[tuple[int, str]]]:
    """Return the choices that come from the database. Three queries."""
    structures = Structure.objects.filter(Exists(Orientation.objects.filter(structure=OuterRef("pk"))))
    ouvertes = AffectationReferent.objects.filter(referent=OuterRef("pk"), periode__endswith__isnull=True)
    return {
        "structure": [(s.pk, str(s)) for s in structures.order_by("nom")],
        "territoire": [(t.pk, t.nom) for t in territoires_du_departement()],
        "referent": [(u.pk, str(u)) for u in Utilisateur.objects.filter(Exists(ouvertes)).order_by("nom", "prenom")],
    }


class FileLue:
    """A queue, read by one user with a query string."""

    def __init__(self, file: FileAttente, utilisateur: Any, get: QueryDict, cadre: Cadre, taille: int = 25) -> None:
        """Prepare; rows are read when asked."""
        self.file, self.utilisateur, self.get, self.cadre, self.taille = file, utilisateur, get, cadre, taille
        self.filtres = filtres_de(file, get, cadre, _choix())
        nom = f"{file.personne}__nom_affiche"
        self.tri = Tri.lire(
            get, {"echeance": ("echeance", "pk"), "depuis": ("depuis", "pk"), "nom": (nom, "pk")}, defaut="echeance"
        )

    @property
    def lignes(self) -> QuerySet[Any]:
        """Return the rows of the user that the filters keep."""
        gardees = self.filtres.appliquer(lignes(self.file, self.cadre, self.utilisateur))
        if mot := self.filtres.valeurs.get("mot"):
            trouvees, _ = chercher(Personne.objects.all(), mot, aujourd_hui=self.cadre.jour)
            gardees = gardees.filter(**{f"{self.file.personne}__in": trouvees.order_by().values("pk")})
        return gardees

    @property
    def personnes(self) -> PersonneQuerySet:
        """Return the people of these rows that the user may find."""
        cles = self.lignes.order_by().values(f"{self.file.personne}__pk")
        return Personne.objects.visibles_par(self.utilisateur).filter(pk__in=cles)

    @property
    def decorees(self) -> QuerySet[Any]:
        """Return the same rows with everything they show, in order: for the export."""
        toutes = pretes(self.file, self.cadre).decorees
        return toutes.filter(pk__in=self.lignes.order_by().values("pk")).order_by(*self.tri.cles)

    @cached_property
    def page(self) -> PageParCle[Any]:
        """Return one page."""
        file, cadre = self.file, self.cadre
        page = PageParCle(
            self.lignes, self.tri.cles, self.get.get("curseur"), self.taille,
            decorees=pretes(file, cadre).decorees, bords=annotees(file, cadre),
            comptes=self._comptes,
        )  # fmt: skip
        self.figures = self._figures(page.comptees)
        page.total = self.figures.total
        return page

    @property
    def _comptes(self) -> dict[str, Denombrement]:
        jour, apres = self.cadre.jour, self.cadre.dans(8)
        return {
            "total": Denombrement(), "retard": Denombrement("echeance", avant=jour),
            "semaine": Denombrement("echeance", depuis=jour, avant=apres),
        }  # fmt: skip

    @cached_property
    def figures(self) -> Figures:
        """Return the counts of the filtered rows: read with the first page, kept a minute for the next ones."""
        return self._figures(None)

    def _figures(self, comptees: Mapping[str, int] | None) -> Figures:
        actifs = hashlib.sha256(repr(sorted(self.filtres.valeurs.items())).encode()).hexdigest()
        cle = f"file:{self.file.code}:{self.utilisateur.pk}:{self.cadre.jour:%Y%m%d}:{actifs}"
        connues: Figures | None = magasin.get(cle) if "curseur" in self.get else None
        if connues is None:
            lues = comptees or self.lignes.aggregate(**{nom: c.agregat for nom, c in self._comptes.items()})
            connues = Figures(**lues)
            magasin.set(cle, connues, DUREE)
            if not self.filtres.actifs:
                corriger(self.utilisateur, self.cadre.jour, self.file.code, connues.total, connues.retard)
        return connues

    @cached_property
    def reponses(self) -> Reponses | None:
        """Return how many follow-ups of the last twelve months reached the person; None for the other queues."""
        if self.file.modele is not SuiviPostSortie:
            return None
        dus = du_perimetre(self.file, SuiviPostSortie.objects.all(), self.utilisateur)
        dus = dus.filter(du_le__gt=plus_mois(self.cadre.jour, -12), du_le__lte=self.cadre.jour)
        venus = ~Q(situation__in=["", SituationSuivi.INJOIGNABLE])
        lus = dus.aggregate(dus=Count("pk"), recueillis=Count("pk", filter=venus))
        return Reponses(**lus) if lus["dus"] else None

    def ligne(self, objet: Any) -> Ligne:
        """Return what a row says. No query."""
        personne = reduce(getattr, self.file.personne.split("__"), objet)
        dossier = reverse("parcours:personne", args=[personne.pk])
        retard = max((self.cadre.jour - objet.echeance).days, 0) if objet.echeance else 0
        url = adresse(self.file.adresse[0], getattr(objet, self.file.adresse[1]))
        return Ligne(
            objet, personne, objet.commune or "", objet.depuis, objet.echeance, retard,
            self.file.texte(objet, self.cadre), blocages.dire(self.file, objet), self.file.detail(objet, self.cadre),
            self.file.geste if url else "Ouvrir le dossier",
            url or dossier, dossier,
        )  # fmt: skip

    @cached_property
    def rangees(self) -> list[Ligne]:
        """Return the rows of the page."""
        return [self.ligne(objet) for objet in self.page.objets]

    @property
    def pire(self) -> int:
        """Return the longest delay of the page, in days: the full bar."""
        return max((r.retard for r in self.rangees), default=0)

    @property
    def requete(self) -> str:
        """Return the filters that the other screens carry to come back to this queue; never what names someone."""
        gardes = QueryDict(mutable=True)
        for nom in (*(n for n, f in self.filtres.declares.items() if not f.ephemere), "tri"):
            if valeur := self.get.get(nom):
                gardes[nom] = str(valeur)
        return gardes.urlencode()

    def colonnes_export(self) -> tuple[ColonneExport, ...]:
        """Return the columns of the export: what the screen shows, no more."""

        def de(attribut: str) -> Any:
            return lambda objet: getattr(self.ligne(objet), attribut)

        return (
            ColonneExport("Nom de naissance", lambda o: self.ligne(o).personne.nom_naissance, largeur=24),
            ColonneExport("Nom d’usage", lambda o: self.ligne(o).personne.nom_usage, largeur=24),
            ColonneExport("Prénoms", lambda o: self.ligne(o).personne.prenoms, largeur=24),
            ColonneExport("Date de naissance", lambda o: self.ligne(o).personne.date_naissance, "date", 14),
            ColonneExport("Commune", de("commune"), largeur=24),
            ColonneExport(self.file.depuis.capitalize(), de("depuis"), "date", 16),
            ColonneExport("Échéance", de("echeance"), "date", 14),
            ColonneExport("Jours de retard", de("retard"), "nombre", 12),
            ColonneExport("Texte", de("reference"), largeur=28),
            ColonneExport("Ce qui bloque", de("bloque"), largeur=44),
            ColonneExport("Situation", de("detail"), largeur=44),
            ColonneExport("Personne fictive", lambda o: self.ligne(o).personne.fictive, largeur=10),
        )
