"""Which column of the file is which: remembered, then recognised by title or synonym, then told by somebody. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from itertools import islice
from typing import Any

from pdi.socle.typographie import cle_nom as cle

from .declarations import Champ
from .fichiers import FichierLu
from .valeurs import texte_cellule

LIGNES_D_ENTETE = 15  # a title and a few words may stand above the headers


def associer(
    champs: Sequence[Champ], entetes: Sequence[str], retenues: Mapping[str, str] | None = None
) -> dict[str, int]:
    """Return the rank of the header of each recognised column. A header serves once; the first of two alike wins."""
    rangs: dict[str, int] = {}
    for rang, entete in enumerate(entetes):
        rangs.setdefault(cle(entete), rang)
    rangs.pop("", None)
    trouves: dict[str, int] = {}
    manieres: tuple[Callable[[Champ], list[str]], ...] = (
        lambda c: [(retenues or {}).get(c.code, "")],
        lambda c: [cle(c.titre), cle(c.code)],
        lambda c: [cle(s) for s in c.synonymes],
    )
    for noms_de in manieres:
        for champ in champs:
            if champ.code in trouves:
                continue
            for nom in noms_de(champ):
                if nom in rangs and rangs[nom] not in trouves.values():
                    trouves[champ.code] = rangs[nom]
                    break
    return trouves


def proche(champ: Champ, entetes: Sequence[str]) -> str:
    """Return the header that looks most like an unrecognised column, empty when none does."""
    cles = {cle(e): e for e in entetes if cle(e)}
    noms = [cle(champ.titre), *(cle(s) for s in champ.synonymes)]
    return next((cles[p[0]] for n in noms if (p := get_close_matches(n, list(cles), 1, 0.75))), "")


def trouver_entetes(
    fichier: FichierLu, champs: Sequence[Champ], retenues: Mapping[str, str] | None = None
) -> tuple[int, list[str], list[tuple[int, list[Any]]]]:
    """Return (line number of the headers, headers, rows already read after them).

    The headers are the row, among the first ones, in which the most columns are recognised; else the first row.
    """
    premieres = list(islice(fichier.lignes, LIGNES_D_ENTETE))
    if not premieres:
        return 0, [], []
    notes = [len(associer(champs, [texte_cellule(c) for c in cellules], retenues)) for _, cellules in premieres]
    rang = notes.index(max(notes))
    numero, cellules = premieres[rang]
    return numero, [texte_cellule(c)[:120] for c in cellules], premieres[rang + 1 :]
