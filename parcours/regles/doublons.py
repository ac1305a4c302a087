"""When two identities are the same, or look alike. Pure."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum

from pdi.structures.regles import cle_nom

RESSEMBLANCE = 0.75  # « dupond » and « dupont » are at 0.83, « durand » and « martin » at 0.33


@dataclass(frozen=True)
class Identite:
    """What tells a person apart: names as written, birth date when known."""

    nom_naissance: str
    nom_usage: str
    prenoms: str
    date_naissance: datetime.date | None

    @property
    def noms(self) -> frozenset[str]:
        """Return the names under which the person may be known, in comparison form."""
        return frozenset(filter(None, (cle_nom(self.nom_naissance), cle_nom(self.nom_usage))))

    @property
    def premier_prenom(self) -> str:
        """Return the first of the first names, in comparison form: « Jean-Paul » stays whole."""
        return cle_nom(self.prenoms.split(" ")[0]) if self.prenoms.strip() else ""


class Rapport(Enum):
    """How close two identities are, closest first."""

    MEME = "meme"
    PROCHE = "proche"
    AUTRE = "autre"


def _proches(un: str, autre: str) -> bool:
    return un == autre or SequenceMatcher(None, un, autre).ratio() >= RESSEMBLANCE


def dates_proches(une: datetime.date | None, autre: datetime.date | None) -> bool:
    """Return whether two birth dates may be the same one badly typed: unknown, day and month swapped, one part off."""
    if une is None or autre is None or une == autre:
        return True
    if (une.year, une.month, une.day) == (autre.year, autre.day, autre.month):
        return True
    return [une.year == autre.year, une.month == autre.month, une.day == autre.day].count(True) == 2


def comparer(une: Identite, autre: Identite) -> Rapport:
    """Return how close two identities are.

    The same: one name in common, the same first first name, the same known birth date. Close: names and first names
    that are alike, or swapped, and birth dates that may be the same.
    """
    communs = bool(une.noms & autre.noms)
    connue = une.date_naissance is not None and une.date_naissance == autre.date_naissance
    if communs and connue and une.premier_prenom == autre.premier_prenom:
        return Rapport.MEME
    if not dates_proches(une.date_naissance, autre.date_naissance):
        return Rapport.AUTRE
    noms = communs or any(_proches(a, b) for a in une.noms for b in autre.noms)
    prenoms = _proches(une.premier_prenom, autre.premier_prenom)
    inverses = une.premier_prenom in autre.noms and autre.premier_prenom in une.noms
    if (noms and prenoms) or inverses or (connue and prenoms and _un_dans_l_autre(une.noms, autre.noms)):
        return Rapport.PROCHE
    return Rapport.AUTRE


def _un_dans_l_autre(uns: frozenset[str], autres: frozenset[str]) -> bool:
    """Return whether a name is part of another: « Lefèvre » and « Lefèvre-Martin »."""
    return any(set(a.split()) & set(b.split()) for a in uns for b in autres)
