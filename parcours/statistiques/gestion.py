"""Steering of the offer for a year: occupancy, costs, what is prescribed or never, needs that nothing answers.

Counts of people are hidden from who may not see them when they are small (pdi/socle/masquage.py).
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.db.models import Count, Q, Sum
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from offre import calculs
from offre.calculs import Chiffre
from offre.droits_conventions import voit_petits_chiffres
from offre.models import CapaciteOffre, Convention, Frein, OffreInsertion
from parcours.models import OriginePrescription
from pdi.socle.filtres import FiltreAnnee, FiltreChoix, Filtres
from pdi.socle.masquage import MASQUE, SEUIL_INTERNE, masquer_liste, masquer_taux
from pdi.territoires.models import TerritoireAction

from . import besoins
from .droits import peut_ouvrir_personnes, trouve_des_personnes, voit_petits_effectifs
from .formule import Restriction
from .occupation import LigneOccupation, occupations

CALCULS = ("occupation", "cout-place", "cout-entree", "cout-sortie-emploi")


@cache
def _sql(nom: str) -> str:
    return (settings.RACINE / "parcours" / "sql" / f"{nom}.sql").read_text(encoding="utf-8")


def _rien(_valeur: str) -> Q:
    return Q()


class FiltresGestion(Filtres):
    """Which year, and where."""

    annee = FiltreAnnee("Année", q=_rien, vide="Année en cours")
    territoire = FiltreChoix("Territoire", q=_rien, vide="Tout le département")


@dataclass(frozen=True)
class LigneConvention:
    """A convention and its figures of the year, in the order of CALCULS. A figure on too few people is hidden."""

    convention: Convention
    chiffres: tuple[Chiffre, ...]
    masques: tuple[bool, ...]

    @property
    def cellules(self) -> list[tuple[Chiffre, bool, str, str]]:
        """Return (figure, hidden, unit, title of the column)."""
        lus = [calculs.trouver(code) for code in CALCULS]
        return [
            (c, m, lu.unite if lu else "", lu.libelle if lu else "")
            for c, m, lu in zip(self.chiffres, self.masques, lus, strict=True)
        ]


@dataclass(frozen=True)
class LigneCompte:
    """A count by territory or by origin. None: hidden. `places`: None when they are not told for the territory."""

    titre: str
    prescriptions: int | None
    entrees: int | None = None
    places: Decimal | None = None
    url: str = ""

    @property
    def occupation(self) -> Decimal | None:
        """Return the entries over the places, in percent."""
        return self.entrees * Decimal(100) / self.places if self.entrees is not None and self.places else None


@dataclass(frozen=True)
class Besoin:
    """People with an obstacle in a territory, and those nothing was prescribed to for it. None: hidden."""

    avec: int | None
    sans: int | None
    colonne: str = ""
    url: str = ""

    @property
    def part(self) -> Decimal | None:
        """Return the share without an answer, in percent."""
        return Decimal(self.sans) * 100 / self.avec if self.avec and self.sans is not None else None

    @property
    def criant(self) -> bool:
        """Return whether most of them wait."""
        return self.part is not None and self.part >= 75


@dataclass(frozen=True)
class LigneBesoin:
    """An obstacle: its offers, then a cell a territory, the whole last."""

    frein: Frein
    offres: int
    cellules: tuple[Besoin, ...]

    @property
    def total(self) -> Besoin:
        """Return the cell of the whole."""
        return self.cellules[-1]


class GestionOffre:
    """What steers the offer, for one reader, a year and maybe a territory."""

    def __init__(self, utilisateur: Any, donnees: QueryDict) -> None:
        """Read the query string."""
        self.utilisateur, self.jour = utilisateur, timezone.localdate()
        ici = TerritoireAction.objects.filter(departement=settings.DEPARTEMENT_CODE, validite__contains=self.jour)
        self.territoires = list(ici.order_by("nom"))
        annees = range(self.jour.year, self.jour.year - besoins.ANNEES, -1)
        self.filtres = FiltresGestion(
            donnees,
            choix={
                "annee": [(str(a), str(a)) for a in annees],
                "territoire": [(t.code, t.nom) for t in self.territoires],
            },
        )
        self.annee = int(self.filtres.valeurs.get("annee") or self.jour.year)
        code = self.filtres.valeurs.get("territoire", "")
        self.territoire = next((t for t in self.territoires if t.code == code), None)
        self.masquer = not voit_petits_effectifs(utilisateur, Restriction(territoire=code))
        self.seuil, self.masque = SEUIL_INTERNE, MASQUE

    @property
    def _bornes(self) -> dict[str, datetime.date]:
        debut = datetime.date(self.annee, 1, 1)
        return {"debut": debut, "j": min(datetime.date(self.annee, 12, 31), self.jour)}

    @property
    def en_cours(self) -> bool:
        """Return whether the year is not over."""
        return self.annee >= self.jour.year

    def requete(self, **plus: Any) -> str:
        """Return the query string of the same choices, with others."""
        choix = {"annee": self.annee} | ({"territoire": self.territoire.code} if self.territoire else {})
        return f"?{urlencode(choix | plus)}"

    # -- conventions ---------------------------------------------------------------------------

    @cached_property
    def conventions(self) -> list[LigneConvention]:
        """Return the conventions of the year that the reader sees, with occupancy and costs: money has no territory."""
        visibles = Convention.objects.visibles_par(self.utilisateur).de_l_annee(self.annee)
        lues = list(visibles.select_related("operateur").order_by("operateur__nom", "numero"))
        chiffres = calculs.calculer(CALCULS, [c.pk for c in lues], self.annee)
        declares = [calcul for code in CALCULS if (calcul := calculs.trouver(code))]
        lignes = []
        for c in lues:
            siens = tuple(chiffres[code][c.pk] for code in CALCULS)
            masques = tuple(
                self.masquer and not voit_petits_chiffres(self.utilisateur, c) and lu.est_petit(x, self.seuil)
                for lu, x in zip(declares, siens, strict=True)
            )
            lignes.append(LigneConvention(c, siens, masques))
        return lignes

    # -- prescriptions -------------------------------------------------------------------------

    @cached_property
    def _prescrites(self) -> list[tuple[int | None, str, int | None, int, int]]:
        with connection.cursor() as curseur:
            curseur.execute(_sql("offre_prescrite"), self._bornes)
            lues: list[tuple[int | None, str, int | None, int, int]] = curseur.fetchall()
        return lues

    def _ici(self) -> list[tuple[int | None, str, int | None, int, int]]:
        """Return the rows of the chosen territory, or all."""
        voulu = self.territoire.pk if self.territoire else None
        return [r for r in self._prescrites if voulu is None or r[2] == voulu]

    def _cacher(self, comptes: Sequence[int]) -> list[int | None]:
        if not self.masquer:
            return list(comptes)
        caches = masquer_liste(comptes, self.seuil).cases
        return [None if cache else n for n, cache in zip(comptes, caches, strict=True)]

    @cached_property
    def par_territoire(self) -> list[LigneCompte]:
        """Return prescriptions and entries by territory of the person, with its places when capacities are told."""
        places = dict(
            CapaciteOffre.objects.filter(annee=self.annee, unite="places", offre__etat="publiee")
            .values_list("territoire")
            .annotate(total=Sum("quantite"))
        )
        codes = [*(t.pk for t in self.territoires), None]
        prescrites = [sum(r[3] for r in self._prescrites if r[2] == pk) for pk in codes]
        entrees = [sum(r[4] for r in self._prescrites if r[2] == pk) for pk in codes]
        noms = [*((t.nom, t.code) for t in self.territoires), ("Territoire inconnu", "")]
        return [
            LigneCompte(
                nom, p, e, places.get(pk) if pk else None,
                f"?{urlencode({'annee': self.annee, 'territoire': code})}" if code else "",
            )
            for (nom, code), p, e, pk in zip(
                noms, self._cacher(prescrites), self._cacher(entrees), codes, strict=True
            )
        ]  # fmt: skip

    @cached_property
    def par_origine(self) -> list[LigneCompte]:
        """Return the prescriptions by origin; each opens the indicator, which opens the people to who may see them."""
        ici = self._ici()
        comptes = [sum(r[3] for r in ici if r[1] == origine) for origine in OriginePrescription.values]
        codes = [f"prescriptions_{o}" for o in OriginePrescription.values]
        return [
            LigneCompte(
                str(OriginePrescription(o).label), n,
                url=reverse("parcours:indicateur_parcours", args=[code]) + self.requete(),
            )
            for o, n, code in zip(OriginePrescription.values, self._cacher(comptes), codes, strict=True)
        ]  # fmt: skip

    @property
    def points_origine(self) -> list[tuple[str, int | None]]:
        """Return the points of the chart."""
        return [(x.titre, x.prescriptions) for x in self.par_origine]

    @cached_property
    def jamais(self) -> list[OffreInsertion]:
        """Return the published offers that nobody was prescribed in the year (and the territory)."""
        prescrites = {r[0] for r in self._ici() if r[3]}
        publiees = OffreInsertion.objects.publiees().prefetch_related("operateurs").order_by("ordre", "pk")
        return [o for o in publiees if o.pk not in prescrites]

    # -- needs ---------------------------------------------------------------------------------

    @cached_property
    def colonnes_besoins(self) -> list[str]:
        """Return the territories of the table of needs, the whole last."""
        return [t.nom for t in self._territoires_lus] + ([] if self.territoire else ["Ensemble"])

    @property
    def _territoires_lus(self) -> list[TerritoireAction]:
        return [self.territoire] if self.territoire else self.territoires

    @cached_property
    def besoins(self) -> list[LigneBesoin]:
        """Return the obstacles, the most waited for first. Health is hidden in small numbers from everybody."""
        lues = besoins.compter(self.annee, self.jour)
        offres = dict(
            Frein.objects.filter(offres__etat="publiee").values_list("pk").annotate(n=Count("offres", distinct=True))
        )
        codes: list[int | None] = [t.pk for t in self._territoires_lus]
        codes += [] if self.territoire else [None]
        lignes = []
        for frein in Frein.objects.order_by("ordre"):
            paires = [lues.get((frein.pk, pk), (0, 0)) for pk in codes]
            if any(avec for avec, _ in paires):
                lignes.append(LigneBesoin(frein, offres.get(frein.pk, 0), self._cellules(frein, paires)))
        return sorted(lignes, key=lambda x: -(x.total.sans or 0))

    @property
    def secret(self) -> bool:
        """Return whether something of the page is hidden from the reader."""
        return self.masquer or any(cellule.avec is None for x in self.besoins for cellule in x.cellules)

    def _cellules(self, frein: Frein, paires: list[tuple[int, int]]) -> tuple[Besoin, ...]:
        """Return the cells shown: one a territory, then the whole; who lives nowhere known is in the whole only."""
        total = (sum(a for a, _ in paires), sum(s for _, s in paires))
        montrees = paires if self.territoire else [*paires[:-1], total]
        masques: tuple[bool, ...] = (False,) * len(montrees)
        if self.masquer or frein.restreint:
            caches, tout = masquer_taux([(sans, avec) for avec, sans in paires], self.seuil)
            masques = caches if self.territoire else (*caches[:-1], tout)
        ou = [*self._territoires_lus, *([] if self.territoire else [None])]
        return tuple(
            Besoin(None, None, nom) if cache else Besoin(*p, nom, self._personnes(frein, lieu))
            for p, cache, nom, lieu in zip(montrees, masques, self.colonnes_besoins, ou, strict=True)
        )

    def _personnes(self, frein: Frein, territoire: TerritoireAction | None) -> str:
        """Return the list of those who wait, at the end of the year or today, for who may find them there."""
        if not self.ouvrir or frein.restreint:
            return ""
        if territoire and not trouve_des_personnes(self.utilisateur, territoire.code):
            return ""
        criteres: dict[str, Any] = {"attend": frein.code, "annee": self.annee}
        criteres |= {"territoire": territoire.pk} if territoire else {}
        return f"{reverse('parcours:personnes')}?{urlencode(criteres)}"

    @cached_property
    def ouvrir(self) -> bool:
        """Return whether the reader may open the people behind a figure."""
        return bool(peut_ouvrir_personnes(self.utilisateur))

    # -- occupancy -----------------------------------------------------------------------------

    @cached_property
    def occupations(self) -> list[LigneOccupation]:
        """Return the occupancy of the sessions of the year, by operator and territory."""
        ici, seul = self._territoires_lus, self.territoire is not None
        return occupations(self.annee, self.jour, ici, seul=seul, masquer=self.masquer)

    @property
    def colonnes_occupation(self) -> list[str]:
        """Return the columns of that table."""
        return [c.colonne for c in self.occupations[0].cellules] if self.occupations else []
