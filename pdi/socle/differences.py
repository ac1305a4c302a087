"""What changed between two texts, word by word. Pure.

comparer_mots("le délai reste à fixer", "le délai est de quinze jours")
-> [Morceau("egal", "le délai "), Morceau("retire", "reste à fixer"), Morceau("ajoute", "est de quinze jours")]
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

_MOTS = re.compile(r"\s+|[^\s\w]|\w+")
Genre = Literal["egal", "retire", "ajoute"]
TROP = 20_000  # words: beyond, a comparison would hold a page for seconds


@dataclass(frozen=True)
class Morceau:
    """A run of words: kept, removed or added."""

    genre: Genre
    texte: str


def comparer_mots(avant: str, apres: str) -> list[Morceau]:
    """Return the runs of words that make `apres` from `avant`, in reading order, removed before added."""
    a, b = _MOTS.findall(avant), _MOTS.findall(apres)
    if len(a) + len(b) > TROP:
        return _runs([("retire", avant), ("ajoute", apres)])
    runs: list[tuple[Genre, str]] = []
    for quoi, i1, i2, j1, j2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if quoi == "equal":
            runs.append(("egal", "".join(a[i1:i2])))
        else:
            runs += [("retire", "".join(a[i1:i2])), ("ajoute", "".join(b[j1:j2]))]
    return _runs(_recoller(runs))


def _recoller(runs: list[tuple[Genre, str]]) -> list[tuple[Genre, str]]:
    """Put a lone space kept between two changes inside them: « à fixer » reads better than « à », « fixer »."""
    propres: list[tuple[Genre, str]] = []
    retire = ajoute = ""
    for rang, (genre, texte) in enumerate(runs):
        if genre == "retire":
            retire += texte
        elif genre == "ajoute":
            ajoute += texte
        elif texte.isspace() and "\n" not in texte and (retire or ajoute) and rang + 1 < len(runs):
            retire, ajoute = retire + texte, ajoute + texte
        else:
            propres += [("retire", retire), ("ajoute", ajoute), ("egal", texte)]
            retire = ajoute = ""
    return [*propres, ("retire", retire), ("ajoute", ajoute)]


def _runs(runs: list[tuple[Genre, str]]) -> list[Morceau]:
    return [Morceau(genre, texte) for genre, texte in runs if texte]


def avant_seul(morceaux: list[Morceau]) -> list[Morceau]:
    """Return what the first text holds."""
    return [m for m in morceaux if m.genre != "ajoute"]


def apres_seul(morceaux: list[Morceau]) -> list[Morceau]:
    """Return what the second text holds."""
    return [m for m in morceaux if m.genre != "retire"]
