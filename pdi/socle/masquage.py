"""Small cells: what a table of counts may show without telling about a few people. Pure.

A cell below the threshold (and above zero) is masked. That is not enough: with the totals, a reader finds it by
difference. So other cells are masked with it, the fewest people possible, until nothing masked has one possible
value only. Zero says nothing about anybody and is never masked: the reader is taken to know that.

How it is proven: counts with their totals are a circulation (row → column → total of columns → grand total →
total of rows → row), published cells being fixed. A masked cell can take another value exactly when the residual
graph of the masked cells has a cycle through it. Source: CNIL and INSEE practice on statistical secrecy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

SEUIL_INTERNE = 5
SEUIL_PUBLIE = 11
MASQUE = "s. s."  # « secret statistique », as INSEE prints it

# A masked cell is known not to be zero: it cannot be thought lower than this.
_PLANCHER = 1

Case = tuple[int, int]


def petit(effectif: int | Decimal | None, seuil: int) -> bool:
    """Return whether a count is too small to be shown: from one to the threshold, the latter excluded."""
    return effectif is not None and 0 < effectif < seuil


@dataclass(frozen=True, slots=True)
class Masques:
    """What to hide of a table with its totals: `cases[i][j]`, the total of each row and column, the grand total."""

    cases: tuple[tuple[bool, ...], ...]
    lignes: tuple[bool, ...]
    colonnes: tuple[bool, ...]
    total: bool

    @property
    def nombre(self) -> int:
        """Return how many cells and totals are hidden."""
        return sum(map(sum, self.cases)) + sum(self.lignes) + sum(self.colonnes) + self.total


class _Table:
    """A table with its totals as a last row and a last column, and what is hidden in it."""

    def __init__(self, valeurs: Sequence[Sequence[int]]) -> None:
        lignes = [[*ligne, sum(ligne)] for ligne in valeurs]
        largeur = len(valeurs[0]) if valeurs else 0
        if any(len(ligne) != largeur + 1 for ligne in lignes):
            raise ValueError("Les lignes du tableau n’ont pas toutes la même longueur.")
        lignes.append([sum(ligne[j] for ligne in lignes) for j in range(largeur + 1)])
        if any(v < 0 for ligne in lignes for v in ligne):
            raise ValueError("Un effectif ne peut pas être négatif.")
        self.valeurs, self.hauteur, self.largeur = lignes, len(valeurs), largeur
        self.caches: set[Case] = set()

    def arc(self, case: Case) -> tuple[str, str]:
        """Return the arc whose flow is this cell: cells go forward, totals come back."""
        i, j = case
        ligne = f"l{i}" if i < self.hauteur else "bas"
        colonne = f"c{j}" if j < self.largeur else "cote"
        if i < self.hauteur:
            return (ligne, colonne) if j < self.largeur else (colonne, ligne)
        return (colonne, ligne) if j < self.largeur else (ligne, colonne)

    def ambigue(self, case: Case) -> bool:
        """Return whether another table agrees with all that is shown and has another value in `case`."""
        depart, arrivee = self.arc(case)
        if self._chemin(arrivee, depart, case):
            return True
        i, j = case
        return self.valeurs[i][j] > _PLANCHER and self._chemin(depart, arrivee, case)

    def _chemin(self, depart: str, but: str, sauf: Case) -> bool:
        voisins: dict[str, list[str]] = {}
        for i, j in self.caches - {sauf}:
            a, b = self.arc((i, j))
            voisins.setdefault(a, []).append(b)
            if self.valeurs[i][j] > _PLANCHER:
                voisins.setdefault(b, []).append(a)
        vus, pile = {depart}, [depart]
        while pile:
            noeud = pile.pop()
            if noeud == but:
                return True
            nouveaux = [v for v in voisins.get(noeud, ()) if v not in vus]
            vus.update(nouveaux)
            pile.extend(nouveaux)
        return False

    def proteger(self, case: Case) -> None:
        """Hide the rectangle through `case` that costs the fewest people and makes it ambiguous."""
        i, j = case
        rectangles = sorted(
            (self._cout([(i, y), (x, j), (x, y)]), x, y)
            for x in range(self.hauteur + 1)
            for y in range(self.largeur + 1)
            if x != i and y != j
        )
        for _, x, y in rectangles:
            ajout = {c for c in ((i, y), (x, j), (x, y)) if self.valeurs[c[0]][c[1]]} - self.caches
            self.caches |= ajout
            if self.ambigue(case):
                return
            self.caches -= ajout
        # Zeros on the way: the totals of the row and of the column, and the grand total, always do.
        self.caches |= {(i, self.largeur), (self.hauteur, j), (self.hauteur, self.largeur)}

    def _cout(self, cases: list[Case]) -> tuple[int, int]:
        """Return the order of choice: few totals hidden first, then few people."""
        neuves = [c for c in cases if c not in self.caches]
        totaux = sum(x == self.hauteur or y == self.largeur for x, y in neuves)
        return totaux, sum(self.valeurs[x][y] for x, y in neuves)


def masquer_tableau(valeurs: Sequence[Sequence[int]], seuil: int) -> Masques:
    """Return what to hide of a table of counts whose row totals, column totals and grand total are shown.

    No hidden cell or total can be found again from what is shown, nor from its being positive. Raises ValueError
    for a negative count or rows of different lengths.
    """
    table = _Table(valeurs)
    hauteur, largeur = table.hauteur, table.largeur
    primaires = [(i, j) for i in range(hauteur + 1) for j in range(largeur + 1) if petit(table.valeurs[i][j], seuil)]
    table.caches.update(primaires)
    a_proteger = primaires
    while a_proteger:
        for case in sorted(a_proteger, key=lambda c: (table.valeurs[c[0]][c[1]], c)):
            if not table.ambigue(case):
                table.proteger(case)
        a_proteger = [c for c in sorted(table.caches) if not table.ambigue(c)]
    cache = table.caches.__contains__
    return Masques(
        tuple(tuple(cache((i, j)) for j in range(largeur)) for i in range(hauteur)),
        tuple(cache((i, largeur)) for i in range(hauteur)),
        tuple(cache((hauteur, j)) for j in range(largeur)),
        cache((hauteur, largeur)),
    )


@dataclass(frozen=True, slots=True)
class MasquesListe:
    """What to hide of a list of counts, and whether to hide their total too."""

    cases: tuple[bool, ...]
    total: bool


def masquer_liste(valeurs: Sequence[int], seuil: int) -> MasquesListe:
    """Return what to hide of counts shown with their total, so that none is found again by difference."""
    if any(v < 0 for v in valeurs):
        raise ValueError("Un effectif ne peut pas être négatif.")
    caches = {i for i, v in enumerate(valeurs) if petit(v, seuil)}
    total = petit(sum(valeurs), seuil)
    autres = sorted((i for i, v in enumerate(valeurs) if v and i not in caches), key=lambda i: valeurs[i])
    while caches and not total and not _liste_ambigue(valeurs, caches):
        if autres:
            caches.add(autres.pop(0))
        else:
            total = True
    return MasquesListe(tuple(i in caches for i in range(len(valeurs))), total)


def _liste_ambigue(valeurs: Sequence[int], caches: set[int]) -> bool:
    """Return whether every hidden value may be another one: there are two at least, and they are not all ones."""
    return len(caches) > 1 and any(valeurs[i] > _PLANCHER for i in caches)


def masquer_taux(lignes: Sequence[tuple[int, int]], seuil: int) -> tuple[tuple[bool, ...], bool]:
    """Return which rates to hide, and whether to hide the overall one: `lignes` are (numerator, denominator).

    A rate is hidden with its terms: « 48 of 50 » tells about two people as « 2 of 50 » does. The numerators must be
    parts of the denominators. Raises ValueError otherwise.
    """
    masques = masquer_tableau([(n, d - n) for n, d in lignes], seuil)
    return (
        tuple(any(cases) or ligne for cases, ligne in zip(masques.cases, masques.lignes, strict=True)),
        any(masques.colonnes) or masques.total,
    )
