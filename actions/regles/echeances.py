"""When the values of an indicator are due: periods of a year, deadlines, lateness. Pure.

Periods are half-open ranges [debut, fin). BISANNUELLE is twice a year, at the end of each semester.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from actions.models.indicateur import Periodicite

# Days left after the end of a period to enter its value.
DELAI_SAISIE_JOURS = 31

MOIS_PAR_PERIODE = {
    Periodicite.MENSUELLE: 1,
    Periodicite.TRIMESTRIELLE: 3,
    Periodicite.SEMESTRIELLE: 6,
    Periodicite.BISANNUELLE: 6,
    Periodicite.ANNUELLE: 12,
}
NOMS_MOIS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


@dataclass(frozen=True, order=True, slots=True)
class Periode:
    """The half-open range [debut, fin) that a value covers, inside one year."""

    debut: datetime.date
    fin: datetime.date

    @property
    def annee(self) -> int:
        """Return the reporting year."""
        return self.debut.year

    @property
    def dernier_jour(self) -> datetime.date:
        """Return the last day covered."""
        return self.fin - datetime.timedelta(days=1)

    @property
    def mois(self) -> int:
        """Return the number of whole months covered."""
        return (self.fin.year - self.debut.year) * 12 + self.fin.month - self.debut.month

    @property
    def code(self) -> str:
        """Return a short stable name for forms and URLs: « 2025-01-3 » (first month, number of months)."""
        return f"{self.debut:%Y-%m}-{self.mois}"

    @property
    def libelle(self) -> str:
        """Return the period in words."""
        if self.mois == 12:
            return f"année {self.annee}"
        if self.mois == 1:
            return f"{NOMS_MOIS[self.debut.month - 1]} {self.annee}"
        rang = (self.debut.month - 1) // self.mois + 1
        nom = {3: "trimestre", 6: "semestre"}.get(self.mois, "période")
        return f"{rang}{'er' if rang == 1 else 'e'} {nom} {self.annee}"


def _premier_du_mois(annee: int, mois_absolu: int) -> datetime.date:
    """Return the first day of the month counted from January of `annee` (0 is January, 12 the next January)."""
    return datetime.date(annee + mois_absolu // 12, mois_absolu % 12 + 1, 1)


def periode_annuelle(annee: int) -> Periode:
    """Return the whole year."""
    return Periode(datetime.date(annee, 1, 1), datetime.date(annee + 1, 1, 1))


def echeances(periodicite: str, annee: int) -> list[Periode]:
    """Return the periods whose value is due for `annee`, in order; none for « permanente » and « événement ».

    They are disjoint and cover the whole year.
    """
    pas = MOIS_PAR_PERIODE.get(Periodicite(periodicite))
    if pas is None:
        return []
    return [Periode(_premier_du_mois(annee, m), _premier_du_mois(annee, m + pas)) for m in range(0, 12, pas)]


def periodes_saisissables(periodicite: str, annee: int) -> list[Periode]:
    """Return the periods a value may be entered for: those due, else the whole year."""
    return echeances(periodicite, annee) or [periode_annuelle(annee)]


def periode_de_code(code: str) -> Periode:
    """Return the period named by `Periode.code`. Raises ValueError when it is not one."""
    morceaux = code.split("-")
    if len(morceaux) != 3 or not all(m.isdigit() for m in morceaux):
        raise ValueError(f"Période inconnue : {code}")
    annee, mois, longueur = (int(m) for m in morceaux)
    if not 1988 <= annee <= 2100 or longueur not in {1, 3, 6, 12} or not 1 <= mois <= 12 or (mois - 1) % longueur:
        raise ValueError(f"Période inconnue : {code}")
    return Periode(datetime.date(annee, mois, 1), _premier_du_mois(annee, mois - 1 + longueur))


def a_saisir_avant(periode: Periode, delai_jours: int = DELAI_SAISIE_JOURS) -> datetime.date:
    """Return the last day on which the value of `periode` is on time."""
    return periode.dernier_jour + datetime.timedelta(days=delai_jours)


def jours_de_retard(periode: Periode, jour: datetime.date, delai_jours: int = DELAI_SAISIE_JOURS) -> int:
    """Return how many days late a value of `periode` entered on `jour` is; 0 when it is on time."""
    return max(0, (jour - a_saisir_avant(periode, delai_jours)).days)
