"""The clocks of parcours.regles.delais, told to PostgreSQL: the same day as in Python, for every row at once.

A regime is judged at the date of the event that starts the clock, so each clock is a CASE over the regimes.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, DateField, F, Func, Q, Value, When
from django.db.models.functions import Cast

from parcours.models import RegimeJuridique
from parcours.regles.delais import LIMITES_PAR_DEFAUT, Duree, Regime, regime_au


@dataclass(frozen=True)
class Cadre:
    """The day a queue is read, and the regimes."""

    jour: datetime.date
    regimes: tuple[Regime, ...]

    @classmethod
    def du(cls, jour: datetime.date) -> Cadre:
        """Read the regimes. One query."""
        return cls(jour, tuple(Regime.lire(r) for r in RegimeJuridique.objects.all()))

    def dans(self, jours: int) -> datetime.date:
        """Return the day `jours` from now (before, when negative)."""
        return self.jour + datetime.timedelta(days=jours)

    def reference(self, cle: str, depuis: datetime.date) -> str:
        """Return the text that sets a deadline begun on `depuis`, empty when none is recorded."""
        try:
            return regime_au(self.regimes, depuis).reference(cle)
        except LookupError:
            return ""


def plus(depart: Any, duree: Duree) -> Any:
    """Return the expression of `duree.depuis(depart)`, a column or an expression."""
    somme = "(%(expressions)s::interval)::date"
    depart = F(depart) if isinstance(depart, str) else depart
    return Func(depart, Value(duree.intervalle), template=somme, arg_joiner=" + ", output_field=DateField())


def sous(regime: Regime, champ: str) -> Q:
    """Return « `champ` falls under `regime` »."""
    bornes = {f"{champ}__gte": regime.debut, f"{champ}__lt": regime.fin}
    gardes = {nom: jour for nom, jour in bornes.items() if jour}
    return Q(**gardes) if gardes else Q(**{f"{champ}__isnull": False})


Branche = tuple[Q, Any]
JAMAIS, TOUJOURS = datetime.date(1, 1, 1), datetime.date(9999, 12, 31)  # the bounds of a regime that has none
AUCUNE = Cast(Value(None), DateField())  # no deadline, typed: PostgreSQL takes a bare NULL for a text


def selon(
    regimes: Sequence[Regime], champ: str, branches: Callable[[Regime], Sequence[Branche]], defaut: Any = None
) -> Case:
    """Return the value of the first branch that holds, among those of the regime in force at `champ`."""
    cas = [When(sous(r, champ) & condition, then=valeur) for r in regimes for condition, valeur in branches(r)]
    return Case(*cas, default=AUCUNE if defaut is None else defaut, output_field=DateField())


def echeance(cadre: Cadre, cle: str, champ: str, defaut: Duree | None = None) -> Case:
    """Return the deadline of parameter `cle` counted from `champ`; `defaut` where the regime is silent."""

    def branches(regime: Regime) -> list[Branche]:
        duree = regime.duree(cle) or defaut
        return [(Q(), plus(champ, duree))] if duree else []

    return selon(cadre.regimes, champ, branches, plus(champ, defaut) if defaut else None)


def bornes(cadre: Cadre, cle: str) -> tuple[tuple[datetime.date, datetime.date, str], ...]:
    """Return the regimes that set a length: in force from, until, and that length."""
    lus = [(regime, regime.duree(cle)) for regime in cadre.regimes]
    return tuple((r.debut or JAMAIS, r.fin or TOUJOURS, duree.intervalle) for r, duree in lus if duree)


class EcheanceDe(Func):
    """The deadline counted from a costly expression, worked out once a row. `cas`: see `bornes`."""

    def __init__(self, depart: Any, cas: tuple[tuple[datetime.date, datetime.date, str], ...]) -> None:
        """Keep the cases."""
        super().__init__(depart, output_field=DateField())
        self.cas = cas

    def as_sql(self, compiler: Any, *_args: Any, **_contexte: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """Return the case of each regime over the day, which a subselect works out."""
        if not self.cas:
            return "NULL::date", []
        depart, params = compiler.compile(self.source_expressions[0])
        quand = "WHEN z.jour >= %s AND z.jour < %s THEN (z.jour + %s::interval)::date"
        cas = " ".join([quand] * len(self.cas))
        valeurs = [valeur for un in self.cas for valeur in un]
        return f"(SELECT CASE {cas} END FROM (SELECT {depart} AS jour OFFSET 0) z)", [*valeurs, *params]  # noqa: S608  # nosec B608


def limite(cadre: Cadre, code: str, champ: str) -> Case:
    """Return the département's own limit `code`, as `delais.limite_interne`."""
    cle, defaut, _ = LIMITES_PAR_DEFAUT[code]
    return echeance(cadre, cle, champ, defaut)
