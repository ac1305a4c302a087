"""The yearly figures of indicators: value, target, gap and tone, read by sets whatever the number of indicators.

One place says what an indicator is worth for a year: screens, bilans and the annual report all call
`points_annuels`. Two queries, whatever the number of indicators and years.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.db.models import FilteredRelation, Q, QuerySet

from .models import (
    AgregationIndicateur,
    CibleIndicateur,
    Indicateur,
    MesureIndicateur,
    Periodicite,
    SensIndicateur,
    agregation_par_defaut,
)
from .regles.indicateurs import juger

SOMME = AgregationIndicateur.SOMME
# Periods without a calendar: a missing one cannot be told.
SANS_CALENDRIER = frozenset({Periodicite.PERMANENTE, Periodicite.EVENEMENT})


@dataclass(frozen=True, slots=True)
class PointAnnuel:
    """What an indicator is worth for `annee`. Everything is None or empty when nothing was entered.

    `ecart` is value − target, in the indicator's unit. `atteint` is None when there is nothing to judge (no
    value, no target, or a direction that is neither up nor down). `partiel`: the values do not cover the whole
    year. `manquants` counts missing data. `cible_imprimee`: the target is the one the adopted document prints.
    """

    annee: int
    valeur: Decimal | None = None
    texte: str = ""
    numerateur: Decimal | None = None
    denominateur: Decimal | None = None
    cible: Decimal | None = None
    cible_imprimee: bool = False
    ecart: Decimal | None = None
    atteint: bool | None = None
    ton: str = "neutre"
    partiel: bool = False
    manquants: int | None = None
    provenance: str = ""
    saisie_le: datetime.datetime | None = None
    demonstration: bool = False
    nombre_valeurs: int = 0

    @property
    def renseigne(self) -> bool:
        """Return whether a value or an appreciation was entered."""
        return self.valeur is not None or bool(self.texte)

    @property
    def libelle(self) -> str:
        """Return the year, for charts."""
        return str(self.annee)


@dataclass(frozen=True, slots=True)
class Decompte:
    """How many indicators of a set are filled in, have a target and reach it."""

    total: int = 0
    renseignes: int = 0
    avec_cible: int = 0
    atteintes: int = 0

    @property
    def manquants(self) -> int:
        """Return how many have no value."""
        return self.total - self.renseignes

    @property
    def sans_cible(self) -> int:
        """Return how many have no target."""
        return self.total - self.avec_cible

    def __add__(self, autre: Decompte) -> Decompte:
        """Add two counts."""
        return Decompte(
            self.total + autre.total,
            self.renseignes + autre.renseignes,
            self.avec_cible + autre.avec_cible,
            self.atteintes + autre.atteintes,
        )


def decompter(points: Iterable[PointAnnuel]) -> Decompte:
    """Count a set of yearly figures, one per indicator."""
    lus = list(points)
    return Decompte(
        total=len(lus),
        renseignes=sum(p.renseigne for p in lus),
        avec_cible=sum(p.cible is not None for p in lus),
        atteintes=sum(p.atteint is True for p in lus),
    )


@dataclass(frozen=True, slots=True)
class _Fiche:
    """What judging needs to know of an indicator."""

    fiche_id: int
    sens: str
    periodicite: str
    agregation: str
    cible_imprimee: Decimal | None


def _sans_recouvrement(mesures: Sequence[MesureIndicateur]) -> list[MesureIndicateur]:
    """Drop the values whose period lies inside one already kept: a whole year wins over its quarters."""
    gardees: list[MesureIndicateur] = []
    fin = datetime.date.min
    for mesure in sorted(mesures, key=lambda m: (m.periode.lower, -(m.periode.upper - m.periode.lower).days)):
        if mesure.periode.lower >= fin:
            gardees.append(mesure)
            fin = mesure.periode.upper
    return gardees


def _additionner(valeurs: Iterable[Decimal | None]) -> Decimal | None:
    """Return the sum, None unless every term is known."""
    lues = list(valeurs)
    return sum((v for v in lues if v is not None), Decimal(0)) if lues and None not in lues else None


def _partiel(fiche: _Fiche, mesures: Sequence[MesureIndicateur], annee: int) -> bool:
    """Return whether `mesures` (in order, disjoint) say less than the whole of `annee`.

    A sum needs every period of the year, a last value needs the end of the year only.
    """
    if fiche.periodicite in SANS_CALENDRIER:
        return False
    if mesures[-1].periode.upper < datetime.date(annee + 1, 1, 1):
        return True
    if fiche.agregation != SOMME or fiche.periodicite == Periodicite.ANNUELLE:
        return False
    debut = mesures[0].periode.lower > datetime.date(annee, 1, 1)
    return debut or any(a.periode.upper < b.periode.lower for a, b in pairwise(mesures))


def _point(annee: int, fiche: _Fiche, cible: Decimal | None, mesures: Sequence[MesureIndicateur]) -> PointAnnuel:
    """Return the yearly figure of one indicator from its current values of the year."""
    imprimee = cible is None and fiche.cible_imprimee is not None
    cible = fiche.cible_imprimee if cible is None else cible
    if not mesures:
        return PointAnnuel(annee, cible=cible, cible_imprimee=imprimee)
    chiffrees = [m for m in mesures if m.valeur is not None]
    dernier = max(chiffrees or mesures, key=lambda m: (m.periode.upper, -m.periode.lower.toordinal()))
    en_somme = fiche.agregation == SOMME and bool(chiffrees)
    retenues = _sans_recouvrement(chiffrees) if en_somme else [dernier]
    valeur = _additionner(m.valeur for m in retenues)
    ecart, atteint, ton = juger(valeur, cible, fiche.sens)
    partiel = _partiel(fiche, retenues, annee)
    if partiel and en_somme and not (atteint and fiche.sens == SensIndicateur.HAUSSE):
        ton = "neutre"  # the year is not over for this count: nothing is late yet, nothing is won
    connus = [m.manquants for m in retenues if m.manquants is not None]
    return PointAnnuel(
        annee,
        valeur=valeur,
        texte=next((m.texte for m in [dernier, *reversed(mesures)] if m.texte), ""),
        numerateur=_additionner(m.numerateur for m in retenues),
        denominateur=_additionner(m.denominateur for m in retenues),
        cible=cible,
        cible_imprimee=imprimee,
        ecart=ecart,
        atteint=atteint,
        ton=ton,
        partiel=partiel,
        manquants=sum(connus) if connus else None,
        provenance=dernier.provenance,
        saisie_le=max(m.saisie_le for m in retenues),
        demonstration=any(m.demonstration for m in retenues),
        nombre_valeurs=len(mesures),
    )


PointsAnnuels = dict[int, dict[int, PointAnnuel]]


@dataclass(frozen=True, slots=True)
class _Lecture:
    """The indicators of a set with what judges them, their targets and their current values."""

    fiches: dict[int, _Fiche]
    cibles: dict[tuple[int, int], Decimal]
    mesures: Mapping[tuple[int, int], Sequence[MesureIndicateur]]

    def point(self, pk: int, annee: int) -> PointAnnuel:
        return _point(annee, self.fiches[pk], self.cibles.get((pk, annee)), self.mesures.get((pk, annee), ()))


def _lire(base: QuerySet[Indicateur], annees: Sequence[int]) -> _Lecture:
    """Read the indicators of `base` and their values of `annees`, in two queries."""
    fiches: dict[int, _Fiche] = {}
    cibles: dict[tuple[int, int], Decimal] = {}
    lignes = (
        base.order_by()
        .annotate(de_l_annee=FilteredRelation("cibles", condition=Q(cibles__annee__in=annees)))
        .values_list(
            "pk", "fiche_id", "sens", "periodicite", "agregation", "unite", "cible_imprimee",
            "de_l_annee__annee", "de_l_annee__valeur",
        )
    )  # fmt: skip
    for pk, fiche_id, sens, periodicite, agregation, unite, imprimee, annee, valeur in lignes:
        fiches[pk] = _Fiche(fiche_id, sens, periodicite, agregation or agregation_par_defaut(unite), imprimee)
        if annee is not None:
            cibles[pk, annee] = valeur
    mesures: dict[tuple[int, int], list[MesureIndicateur]] = defaultdict(list)
    courantes = MesureIndicateur.objects.courantes().filter(
        indicateur__in=base.order_by().values("pk"), annee__in=annees
    )
    for mesure in courantes.only(
        "indicateur_id", "annee", "periode", "valeur", "texte", "numerateur", "denominateur", "manquants",
        "provenance", "saisie_le", "demonstration",
    ):  # fmt: skip
        mesures[mesure.indicateur_id, mesure.annee].append(mesure)
    return _Lecture(fiches, cibles, mesures)


def points_annuels(indicateurs: QuerySet[Indicateur] | Iterable[int], annees: Iterable[int]) -> PointsAnnuels:
    """Return {indicator id: {year: PointAnnuel}}, complete for every indicator and every year, in two queries.

    Several values in a year (a monthly or quarterly indicator) add up for counts, amounts and hours
    (`agregation` somme); for rates, delays and stocks the last one stands for the year.
    """
    voulues = sorted(set(annees))
    choisis: Any = indicateurs.order_by().values("pk") if isinstance(indicateurs, QuerySet) else list(indicateurs)
    lecture = _lire(Indicateur.objects.filter(pk__in=choisis), voulues)
    return {pk: {annee: lecture.point(pk, annee) for annee in voulues} for pk in lecture.fiches}


def decomptes_par_fiche(fiches: Iterable[int], annee: int) -> dict[int, Decompte]:
    """Return {fiche id: how many followed indicators are filled in, have a target, reach it}, in two queries.

    A fiche without any followed indicator is absent.
    """
    lecture = _lire(Indicateur.objects.filter(fiche__in=list(fiches), actif=True), [annee])
    points: dict[int, list[PointAnnuel]] = defaultdict(list)
    for pk, fiche in lecture.fiches.items():
        points[fiche.fiche_id].append(lecture.point(pk, annee))
    return {fiche_id: decompter(lus) for fiche_id, lus in points.items()}


def points_depuis(
    indicateur: Indicateur,
    cibles: Iterable[CibleIndicateur],
    mesures: Iterable[MesureIndicateur],
    annees: Iterable[int],
) -> dict[int, PointAnnuel]:
    """Return {year: PointAnnuel} of one indicator from rows already read (replaced values are left out)."""
    fiche = _Fiche(
        indicateur.fiche_id,
        indicateur.sens,
        indicateur.periodicite,
        indicateur.agregation or agregation_par_defaut(indicateur.unite),
        indicateur.cible_imprimee,
    )
    par_annee: dict[int, list[MesureIndicateur]] = defaultdict(list)
    for mesure in mesures:
        if mesure.remplacee_le is None:
            par_annee[mesure.annee].append(mesure)
    vises = {c.annee: c.valeur for c in cibles}
    return {annee: _point(annee, fiche, vises.get(annee), par_annee[annee]) for annee in annees}


def de_l_annee(points: Mapping[int, Mapping[int, PointAnnuel]], annee: int) -> dict[int, PointAnnuel]:
    """Return {indicator id: figure} for one year."""
    return {pk: par_annee[annee] for pk, par_annee in points.items()}
