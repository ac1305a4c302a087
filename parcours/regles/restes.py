"""What the ceilings leave: by component, by month since the return to work when the règlement counts so. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from .aides import ZERO, Demande, Passee, composantes_de, evaluer, mois_de_reprise
from .delais import plus_mois

UN_CENTIME = Decimal("0.01")


@dataclass(frozen=True)
class Case:
    """What is left for a component over one column, in euros (None: closed); `demande`: asked, not decided yet."""

    reste: Decimal | None
    demande: Decimal = ZERO


@dataclass(frozen=True)
class LigneReste:
    """One component."""

    code: str
    libelle: str
    cases: tuple[Case, ...]


@dataclass(frozen=True)
class Restes:
    """What is left under one règlement. `plafond`: the ceiling of the whole (None: there is none), in euros."""

    colonnes: tuple[str, ...]
    lignes: tuple[LigneReste, ...]
    accorde: Decimal
    plafond: Decimal | None
    reste: Decimal | None
    debut: datetime.date | None = None
    fin: datetime.date | None = None

    @property
    def fermee(self) -> bool:
        """Return whether the months of the return to work are over: nothing is left to ask for."""
        return not self.colonnes

    @property
    def demandes(self) -> bool:
        """Return whether something waits for a decision."""
        return any(case.demande for ligne in self.lignes for case in ligne.cases)


def _plafonds(regles: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [r for r in regles if r["nature"] == "plafond"]


def mois_du_reglement(regles: Iterable[Mapping[str, Any]]) -> list[int]:
    """Return the months since the return to work that the ceilings name, in order; none: it does not count so."""
    return sorted({m for r in _plafonds(regles) for m in r.get("mois_de_reprise", ())})


def depend_de_la_reprise(regles: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether the day of the return to work is read."""
    return bool(mois_du_reglement(regles)) or any(r["nature"] == "duree" for r in regles)


def _global(regles: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Return the ceiling of the whole: over the path first, then over the year, every component together."""
    tous = [r for r in _plafonds(regles) if not composantes_de(r) and not r.get("mois_de_reprise")]
    for par in ("personne", "an"):
        for regle in tous:
            if regle.get("par") == par:
                return regle
    return None


def _reste(
    regles: Sequence[Mapping[str, Any]], demande: Demande, passees: Sequence[Passee], composantes: Sequence[Any]
) -> Decimal | None:
    controles = evaluer(_plafonds(regles), demande, passees, composantes=composantes)
    if any(c.code in ("mois-ouverts", "composante") and not c.ok for c in controles):
        return None
    restes = [c.reste for c in controles if c.reste is not None]
    return min(restes) if restes else None


def _jour_du_mois(reprise: datetime.date, mois: int) -> datetime.date:
    return plus_mois(reprise, mois - 1)


def _tranches(regles: Sequence[Mapping[str, Any]], depuis: int) -> list[list[int]]:
    """Return the months from `depuis` on: the current one alone, then those that share the same ceilings together."""
    mois = [m for m in mois_du_reglement(regles) if m >= depuis]

    def cle(m: int) -> tuple[Any, ...]:
        return (m == depuis, *(m in r.get("mois_de_reprise", ()) for r in _plafonds(regles)))

    return [list(groupe) for _, groupe in groupby(mois, key=cle)]


def restes(
    regles: Sequence[Mapping[str, Any]],
    composantes: Sequence[Mapping[str, str]],
    passees: Sequence[Passee],
    demandees: Sequence[Passee],
    *,
    jour: datetime.date,
    reprise: datetime.date | None = None,
) -> Restes:
    """Return what is left on `jour`. `passees`: granted or paid; `demandees`: asked, not decided.

    With months, columns run from the month of `jour` to the last one; without a return to work, from the first.
    The sum over several months never passes the ceiling of the whole.
    """
    noms = list(composantes) or [{"code": "", "libelle": "Aide"}]
    tout = _global(regles)
    deja = [p for p in passees if tout is None or tout.get("par") != "an" or p.date.year == jour.year]
    accorde = sum((p.montant for p in deja), ZERO)
    plafond = Decimal(str(tout["montant"])) if tout else None
    reste = max(plafond - accorde, ZERO) if plafond is not None else None
    mois = mois_du_reglement(regles)
    if not mois:
        lignes = tuple(
            LigneReste(
                n["code"], n["libelle"],
                (Case(_reste(regles, Demande(jour, UN_CENTIME, n["code"]), passees, composantes),
                      sum((d.montant for d in demandees if d.composante == n["code"]), ZERO)),),
            )
            for n in noms
        )  # fmt: skip
        return Restes(("Reste",), lignes, accorde, plafond, reste)
    depart = reprise or jour
    rang = max(mois_de_reprise(depart, jour), 1) if reprise else 1
    tranches = _tranches(regles, rang)

    def case(code: str, tranche: list[int]) -> Case:
        lus = [
            _reste(regles, Demande(_jour_du_mois(depart, m), UN_CENTIME, code, depart), passees, composantes)
            for m in tranche
        ]
        ouverts = [r for r in lus if r is not None]
        asked = sum(
            (d.montant for d in demandees if d.composante == code and mois_de_reprise(depart, d.date) in tranche), ZERO
        )
        if not ouverts:
            return Case(None, asked)
        somme = sum(ouverts, ZERO)
        return Case(somme if reste is None else min(somme, reste), asked)

    return Restes(
        tuple(f"M{t[0]}" if len(t) == 1 else f"M{t[0]}-{t[-1]}" for t in tranches),
        tuple(LigneReste(n["code"], n["libelle"], tuple(case(n["code"], t) for t in tranches)) for n in noms),
        accorde, plafond, reste, reprise,
        plus_mois(reprise, mois[-1]) - datetime.timedelta(days=1) if reprise else None,
    )  # fmt: skip
