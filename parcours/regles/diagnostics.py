"""Comparison of two diagnoses: which obstacles were lifted, which appeared, which stay, which strengths. Pure.

An answer at level 2 or 3 is an obstacle (frein), at level 0 a strength (atout). A theme that one of the two diagnoses
leaves without an answer is told apart: what is not known is neither lifted nor new. Themes are matched by code, so
that two versions of the grid compare. Restricted answers (health) are given or not by the caller.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .orientation import OBSTACLE

ATOUT = 0


@dataclass(frozen=True)
class Constat:
    """One theme of one diagnosis: its code and name, the answer, its level 0 to 3."""

    theme: str
    intitule: str
    situation: str
    niveau: int
    restreint: bool = False
    precision: str = ""

    @property
    def frein(self) -> bool:
        """Return whether it stands in the way."""
        return self.niveau >= OBSTACLE

    @property
    def atout(self) -> bool:
        """Return whether it helps."""
        return self.niveau == ATOUT


@dataclass(frozen=True)
class Evolution:
    """One theme in both diagnoses; None where it was not answered."""

    avant: Constat | None
    apres: Constat | None

    @property
    def intitule(self) -> str:
        """Return the name of the theme, as the later diagnosis words it."""
        garde = self.apres or self.avant
        return garde.intitule if garde else ""

    @property
    def sens(self) -> str:
        """Return « s’allège », « s’aggrave » or « inchangé », for an obstacle present in both."""
        if self.avant is None or self.apres is None or self.avant.niveau == self.apres.niveau:
            return "inchangé"
        return "s’allège" if self.apres.niveau < self.avant.niveau else "s’aggrave"


@dataclass(frozen=True)
class Comparaison:
    """The themes of two diagnoses, each obstacle in one list only; `atouts` are the strengths of the later one."""

    leves: list[Evolution] = field(default_factory=list)
    apparus: list[Evolution] = field(default_factory=list)
    persistants: list[Evolution] = field(default_factory=list)
    reperes: list[Evolution] = field(default_factory=list)  # obstacles now, not asked before
    non_revus: list[Evolution] = field(default_factory=list)  # obstacles before, not asked now
    atouts: list[Evolution] = field(default_factory=list)

    @property
    def vide(self) -> bool:
        """Return whether there is nothing to say."""
        return not (
            self.leves or self.apparus or self.persistants or self.reperes or self.non_revus or self.atouts
        )  # fmt: skip


def comparer(avant: Iterable[Constat], apres: Iterable[Constat]) -> Comparaison:
    """Return what changed from `avant` to `apres`, in the order of the themes of `apres`, then of `avant`."""
    anciens, nouveaux = {c.theme: c for c in avant}, {c.theme: c for c in apres}
    resultat = Comparaison()
    for theme in [*nouveaux, *(t for t in anciens if t not in nouveaux)]:
        evolution = Evolution(anciens.get(theme), nouveaux.get(theme))
        ancien, nouveau = evolution.avant, evolution.apres
        if nouveau is None:
            if ancien is not None and ancien.frein:
                resultat.non_revus.append(evolution)
            continue
        if nouveau.atout:
            resultat.atouts.append(evolution)
        if nouveau.frein:
            liste = resultat.reperes if ancien is None else resultat.apparus
            (resultat.persistants if ancien is not None and ancien.frein else liste).append(evolution)
        elif ancien is not None and ancien.frein:
            resultat.leves.append(evolution)
    return resultat


# What the entry questionnaire says of columns of the person (codes of the default grid, of Personne).
_FORMATION = {"superieur": "I-II-III", "bac": "IV", "cap_bep": "V", "sans_diplome": "Vbis-VI"}
_FRANCE_TRAVAIL = {"inscrite": True, "radiee": False, "non_inscrite": False}


def identite_declaree(reponses: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of the person that {theme: situation} answers, so that nobody types them twice.

    A foreign diploma without French equivalence gives no level; an unknown code gives nothing.
    """
    declare: dict[str, Any] = {}
    if (niveau := _FORMATION.get(reponses.get("formation", ""))) is not None:
        declare["niveau_formation"] = niveau
    if (inscrit := _FRANCE_TRAVAIL.get(reponses.get("france_travail", ""))) is not None:
        declare["inscrit_france_travail"] = inscrit
    return declare


# The other way: the answer that says what the identity says. An interrupted registration is not told from none.
_SITUATION_DE: dict[tuple[str, Any], str] = {
    **{("formation", niveau): situation for situation, niveau in _FORMATION.items()},
    ("france_travail", True): "inscrite",
    ("france_travail", False): "non_inscrite",
}
_CHAMP_DE = {"formation": "niveau_formation", "france_travail": "inscrit_france_travail"}
THEMES_DE_L_IDENTITE = tuple(_CHAMP_DE)


def reponses_de_l_identite(identite: Mapping[str, Any], reponses: Mapping[str, str]) -> dict[str, str]:
    """Return the answers {theme: situation} that the identity gives, where `reponses` do not say the same already.

    `identite` holds the fields of the person; what she does not tell is left out.
    """
    dites = {}
    for theme, champ in _CHAMP_DE.items():
        connu = identite_declaree({theme: reponses.get(theme, "")}).get(champ)
        situation = _SITUATION_DE.get((theme, identite.get(champ)))
        if situation is not None and connu != identite.get(champ):
            dites[theme] = situation
    return dites
