"""The catalogue as a list: filters, counts of each facet, order, page; the same rows exported and printed."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Case, IntegerField, Prefetch, Q, QuerySet, Value, When
from django.http import QueryDict

from offre.filtres import KILOMETRES, PROXIMITES, Autour, Facette, FiltresOffres, lieux_de_rang
from offre.models import Frein, LieuOffre, OffreInsertion
from offre.querysets import ROLES_OFFRE, OffreQuerySet
from pdi.comptes.models import Role
from pdi.socle.formats import compte, nombre
from pdi.socle.pagination import PageParCle
from pdi.socle.tri import Tri
from pdi.socle.typographie import cle_nom
from pdi.structures.models import Structure
from pdi.territoires.contours import Point, centre_de, communes_a_moins_de, distance_km
from pdi.territoires.lecture import territoires_du_departement
from pdi.territoires.models import Commune, CommuneTerritoire

TRIS = {
    "catalogue": ("ordre", "pk"),
    "pertinence": ("rang", "ordre", "pk"),
    "proximite": ("proximite", "ordre", "pk"),
    "session": ("prochaine", "ordre", "pk"),
    "places": ("-ordre_libres", "ordre", "pk"),
    "intitule": ("intitule", "pk"),
    "confirmation": ("confirmee_le", "pk"),
}
LIBELLES_TRIS = {
    "pertinence": "Pertinence", "proximite": "Plus près", "catalogue": "Ordre du catalogue",
    "session": "Prochaine session", "places": "Places libres", "intitule": "Intitulé",
}  # fmt: skip
VALEURS_MONTREES = 8
TROUVEES = "trouvees"  # among the counts of the facets, how many offers every filter keeps


@dataclass(frozen=True)
class CaseFacette:
    """One box of a facet."""

    valeur: str
    libelle: str
    n: int
    cochee: bool


@dataclass(frozen=True)
class FacetteComptee:
    """A facet ready to draw: `suite` is folded behind « Voir les autres »."""

    nom: str
    libelle: str
    cases: list[CaseFacette]
    suite: list[CaseFacette]


@dataclass(frozen=True)
class LienTri:
    """One order of the list."""

    libelle: str
    url: str
    courant: bool


class ListeOffres:
    """The offers one reader may find. Rows and counts are read when asked."""

    def __init__(self, utilisateur: Any, get: QueryDict, jour: datetime.date) -> None:
        """Read the query string."""
        self.utilisateur, self.get, self.jour = utilisateur, get, jour
        servis = OffreInsertion.objects.order_by().values("departement").distinct()
        communes = Commune.objects.filter(departement__in=servis).order_by("nom__unaccent", "nom")
        lues = list(communes.values_list("code", "nom", "epci"))
        self._epci = {code: epci for code, _, epci in lues}
        self.filtres = FiltresOffres(
            get,
            choix={
                "frein": [(f.code, f.libelle) for f in Frein.objects.all()],
                "commune": [(code, nom) for code, nom, _ in lues],
                "territoire": [(t.code, t.nom) for t in territoires_du_departement().filter(validite__contains=jour)],
            },
        )
        if not self.toutes_visibles:
            self.filtres.retirer("etat")
        defaut = "proximite" if self.autour else "pertinence" if self.filtres.valeurs.get("mot") else "catalogue"
        tris = {nom: cles for nom, cles in TRIS.items() if self._permis(nom)}
        self.tri = Tri.lire(get, tris, defaut=defaut)

    def _permis(self, tri: str) -> bool:
        if tri == "proximite":
            return self.autour is not None
        return tri != "pertinence" or bool(self.filtres.valeurs.get("mot"))

    @cached_property
    def toutes_visibles(self) -> bool:
        """Return whether the reader may see sheets that are not published: the service, or an operator its own."""
        u = self.utilisateur
        return bool(u.is_authenticated and (u.a_role(*ROLES_OFFRE, Role.PRESTATAIRE)))

    @cached_property
    def autour(self) -> Autour | None:
        """Return what is around the commune asked for (one query), None without one."""
        code = self.filtres.valeurs.get("commune")
        if not code:
            return None
        ici = CommuneTerritoire.objects.filter(commune=code, validite__contains=self.jour)
        return Autour(code, self._epci.get(code), ici.values_list("territoire", flat=True).first())

    # -- rows ------------------------------------------------------------------------------------

    @property
    def lisibles(self) -> OffreQuerySet:
        """Return the offers the reader may find, whatever the filters."""
        return OffreInsertion.objects.visibles_par(self.utilisateur)

    def adresse(self, offre: OffreInsertion) -> str:
        """Return where a row leads."""
        return offre.get_absolute_url()

    def dire_places(self, offre: Any) -> Places:
        """Return the words about the places of a row."""
        return dire_places(offre)

    @property
    def base(self) -> OffreQuerySet:
        """Return the offers before the facets: the published ones unless a state is asked for, near the commune."""
        offres = self.lisibles
        if not self.filtres.valeurs.get("etat"):
            offres = offres.publiees()
        return self._proches(offres)

    def _proches(self, offres: OffreQuerySet) -> OffreQuerySet:
        """Return those near the commune asked for, all without one."""
        return offres.filter(self._proche) if self.autour else offres

    @property
    def _proche(self) -> Q:
        assert self.autour is not None  # noqa: S101  # nosec B101 - asked only around a commune
        portee = self.filtres.valeurs.get("portee", "")
        if portee in KILOMETRES:
            proches = communes_a_moins_de(KILOMETRES[portee], self.autour.code)
            return Q(pk__in=LieuOffre.objects.filter(commune__in=proches).values("offre"))
        rangs = {"commune": (0,), "epci": (0, 1)}.get(portee, range(len(PROXIMITES)))
        proche = Q(pk__in=[])
        for rang in rangs:
            proche |= lieux_de_rang(rang, self.autour, self.jour)
        return proche

    @property
    def trouvees(self) -> QuerySet[OffreInsertion]:
        """Return the offers of every filter."""
        return self.filtres.appliquer(self.base)  # type: ignore[no-any-return]

    @property
    def ordonnables(self) -> QuerySet[OffreInsertion]:
        """Return them with what they may be sorted by."""
        offres = self.trouvees.avec_sessions(self.jour)  # type: ignore[attr-defined]
        if mot := self.filtres.valeurs.get("mot"):
            offres = offres.annotate(rang=_rang(mot))
        if self.tri.nom == "places":
            offres = offres.avec_ordre_des_restes(self.jour)
        if self.autour:
            rangs = [When(lieux_de_rang(r, self.autour, self.jour), then=Value(r)) for r in range(len(PROXIMITES))]
            offres = offres.annotate(proximite=Case(*rangs, default=Value(9), output_field=IntegerField()))
        return offres  # type: ignore[no-any-return]

    @property
    def decorees(self) -> QuerySet[OffreInsertion]:
        """Return them with what a row shows."""
        lieux = LieuOffre.objects.select_related("commune")
        return self.ordonnables.prefetch_related("operateurs", "freins", Prefetch("lieux", queryset=lieux))

    @property
    def a_exporter(self) -> QuerySet[OffreInsertion]:
        """Return the rows of the filter in the order of the page."""
        return self.decorees.order_by(*self.tri.cles)

    @cached_property
    def page(self) -> PageParCle[OffreInsertion]:
        """Return one page, each offer with its words about places and nearness."""
        page = PageParCle(self.decorees, self.tri.cles, self.get.get("curseur"))
        centre = self._centre
        for offre in page.objets:
            lue: Any = offre
            lue.dire_places = self.dire_places(lue)
            lue.adresse = self.adresse(lue)
            lue.dire_lieux = self._dire_lieux(lue, centre)
        return page

    # -- where -----------------------------------------------------------------------------------

    @cached_property
    def _centre(self) -> Point | None:
        """Return where the commune's town hall is, else the middle of its known places (one query)."""
        if self.autour is None:
            return None
        if mairie := centre_de(self.autour.code):
            return mairie
        lieux = LieuOffre.objects.filter(commune=self.autour.code, latitude__isnull=False)
        points = [point for lieu in lieux if (point := point_de(lieu)) is not None]
        if not points:
            return None
        return sum(p[0] for p in points) / len(points), sum(p[1] for p in points) / len(points)

    def _dire_lieux(self, offre: Any, centre: tuple[float, float] | None) -> str:
        lieux = list(offre.lieux.all())
        communes = list(dict.fromkeys(str(lieu.commune) for lieu in lieux if lieu.commune_id))
        if self.autour is None:
            if len(communes) > 2:
                return f"{communes[0]} et {compte(len(communes) - 1, 'autre commune', 'autres communes')}"
            return " et ".join(communes) or ("À distance" if lieux else "")
        texte = PROXIMITES[offre.proximite] if offre.proximite < len(PROXIMITES) else ""
        proches = [
            (distance_km(centre, point), lieu)
            for lieu in lieux
            if centre is not None and (point := point_de(lieu)) is not None
        ]
        if offre.proximite and proches:
            km, lieu = min(proches, key=lambda p: p[0])
            return f"{texte}\u00a0: {lieu.commune}, à {nombre(round(km))}\u00a0km environ"
        return f"{texte}\u00a0: {communes[0]}" if communes and 0 < offre.proximite < 3 else texte

    # -- facets and orders -----------------------------------------------------------------------

    @cached_property
    def facettes(self) -> list[FacetteComptee]:
        """Return the facets counted, each under the other filters, and how many are found: one query in one pass.

        Another reads the names of the operators that the page does not show.
        """
        comptes = self.filtres.compter(self._proches(self.lisibles), TROUVEES)
        self.page.total = comptes.pop(TROUVEES, {}).get(TROUVEES, 0)
        montres = {str(s.pk): str(s) for offre in self.page.objets for s in offre.operateurs.all()}
        self.nommer(comptes.get("operateur", {}), montres)
        lues = [self._facette(nom, f, comptes.get(nom, {})) for nom, f in self.filtres.facettes.items()]
        return [f for f in lues if f.nom != "etat" or len(f.cases) > 1]

    def nommer(self, operateurs: Iterable[str] = (), connus: Mapping[str, str] | None = None) -> None:
        """Read the names of the operators found or asked for, but those known already (one query)."""
        noms = dict(connus or {})
        voulus = {*operateurs, *self.filtres.valeurs.get("operateur", [])} - noms.keys()
        if voulus:
            noms |= {str(s.pk): str(s) for s in Structure.objects.filter(pk__in=[int(v) for v in voulus])}
        self.filtres.mots["operateur"] = noms

    def _facette(self, nom: str, facette: Facette, comptes: Mapping[str, int]) -> FacetteComptee:
        cochees = self.filtres.valeurs.get(nom, [])
        champ: Any = self.filtres.formulaire.fields[nom]
        connues = [str(cle) for cle, _ in champ.choices]
        valeurs: Sequence[str] = connues or sorted(comptes, key=lambda v: (-comptes[v], self.filtres.mot_de(nom, v)))
        cases = [
            CaseFacette(v, self.filtres.mot_de(nom, v), comptes.get(v, 0), v in cochees)
            for v in [*valeurs, *(c for c in cochees if c not in valeurs)]
            if comptes.get(v) or v in cochees
        ]
        tete = [c for rang, c in enumerate(cases) if rang < VALEURS_MONTREES or c.cochee or connues]
        return FacetteComptee(nom, facette.libelle, tete, [c for c in cases if c not in tete])

    @property
    def tris(self) -> list[LienTri]:
        """Return the orders of the list, as links."""
        liens = []
        for nom, libelle in LIBELLES_TRIS.items():
            if self._permis(nom):
                donnees = self.get.copy()
                donnees.pop("curseur", None)
                donnees["tri"] = nom
                liens.append(LienTri(libelle, f"?{donnees.urlencode()}", self.tri.nom == nom))
        return liens

    @property
    def approchee(self) -> bool:
        """Return whether the words were only looked like."""
        return "mot" in self.filtres.valeurs and not self.filtres.mots_exacts


def point_de(lieu: LieuOffre) -> Point | None:
    """Return where a place is: its coordinates, else its town hall."""
    if lieu.latitude is not None and lieu.longitude is not None:
        return float(lieu.latitude), float(lieu.longitude)
    return centre_de(lieu.commune_id) if lieu.commune_id else None


def _rang(mot: str) -> Case:
    """Return 0 when every word is in the title, 1 elsewhere in the sheet."""
    condition = Q()
    for partie in cle_nom(mot).split():
        condition &= Q(intitule__unaccent__icontains=partie)
    return Case(When(condition, then=Value(0)), default=Value(1), output_field=IntegerField())


@dataclass(frozen=True)
class Places:
    """What is said of places: the big words, the rest, and whether it is full."""

    titre: str
    suite: str = ""
    complet: bool = False


def dire_libres(libres: Decimal, unite: str | None) -> str:
    """Return what is left, in words: « 6 places libres », « 1 heure libre »."""
    return (
        compte(libres, "heure libre", "heures libres")
        if unite == "heures"
        else compte(libres, "place libre", "places libres")
    )


def dire_places(offre: Any) -> Places:
    """Return the places of an offer read by `avec_sessions`: what is left in sessions, else what is announced."""
    libres: Decimal | None = offre.libres
    if libres is not None and libres > 0:
        return Places(dire_libres(libres, offre.libres_unite), "dans les sessions ouvertes")
    if libres is not None:
        return Places("Complet", "Les sessions ouvertes sont pleines : inscrivez en liste d’attente.", complet=True)
    if offre.places:
        return Places(nombre(offre.places), offre.places_unite)
    return Places("", offre.places_detail or "Places non précisées")
