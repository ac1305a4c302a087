"""The registry of harmonised indicators of conventions: one declaration each, the same words for every operator.

A storey declares in its `calculs_conventions.py`, found at start-up; nothing here knows who declares. Indicators of a
family share one set-based query, run once for all the conventions of a page.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.module_loading import autodiscover_modules

from actions.models import SensIndicateur
from actions.regles.indicateurs import est_un_taux, quotient
from pdi.socle.masquage import petit

# Given conventions and a year: what was counted for each, by name (« entrees », « places »); None: not known.
Comptes = Mapping[str, Decimal | None]
Famille = Callable[[Sequence[int], int], Mapping[int, Comptes]]
# Given the reader, the convention, the year and a term: the list it counts, empty when there is none or it is not open.
Lien = Callable[[Any, Any, int, str], str]


@dataclass(frozen=True)
class Chiffre:
    """A figure of a convention for a year, with its terms. `base` None: a count, not a quotient."""

    valeur: Decimal | None
    compte: Decimal | None
    base: Decimal | None = None


@dataclass(frozen=True)
class CalculConvention:
    """A harmonised indicator. `compte` and `base` name what its `famille` counts; without `base`, it is a count.

    `compte_dit` and `base_dite` say them in words. `sens`: « baisse » when the target is a ceiling. `personnes`: the
    names that count people one by one.
    """

    code: str
    libelle: str
    definition: str
    unite: str
    famille: Famille
    compte: str
    compte_dit: str
    base: str = ""
    base_dite: str = ""
    sens: str = SensIndicateur.HAUSSE
    groupe: str = "Prescriptions"
    lien: Lien | None = None
    personnes: frozenset[str] = frozenset()

    def est_petit(self, chiffre: Chiffre, seuil: int) -> bool:
        """Return whether the figure tells about fewer than `seuil` people: a term of it, or what is between both."""
        siens = self.compte in self.personnes, self.base in self.personnes
        effectifs = [n for n, compte in zip((chiffre.compte, chiffre.base), siens, strict=True) if compte]
        if all(siens) and chiffre.compte is not None and chiffre.base is not None:
            effectifs.append(chiffre.base - chiffre.compte)
        return any(petit(n, seuil) for n in effectifs)

    def chiffre(self, comptes: Comptes) -> Chiffre:
        """Return the figure made of `comptes`; no value when a term is unknown, or the denominator zero."""
        compte, base = comptes.get(self.compte), comptes.get(self.base) if self.base else None
        if not self.base:
            return Chiffre(compte, compte)
        if compte is None or not base:
            return Chiffre(None, compte, base)
        return Chiffre(quotient(compte, base, self.unite) if est_un_taux(self.unite) else compte / base, compte, base)


_declares: dict[str, CalculConvention] = {}


def declarer(calcul: CalculConvention) -> CalculConvention:
    """Add a declaration. Raises ValueError when its code is taken, or a rate has no denominator."""
    connu = _declares.get(calcul.code)
    if connu is not None and connu != calcul:
        raise ValueError(f"Le code « {calcul.code} » est déjà déclaré.")
    if est_un_taux(calcul.unite) and not calcul.base:
        raise ValueError(f"« {calcul.code} » : un taux dit son dénominateur.")
    _declares[calcul.code] = calcul
    return calcul


def trouver(code: str) -> CalculConvention | None:
    """Return the declaration of that code."""
    return _declares.get(code)


def declares() -> list[CalculConvention]:
    """Return every declaration, in the order it was made."""
    return list(_declares.values())


def choix() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the declarations by group, for a select."""
    groupes: dict[str, list[tuple[str, str]]] = {}
    for calcul in declares():
        groupes.setdefault(calcul.groupe, []).append((calcul.code, f"{calcul.libelle} ({calcul.unite})"))
    return list(groupes.items())


def calculer(codes: Collection[str], conventions: Iterable[int], annee: int) -> dict[str, dict[int, Chiffre]]:
    """Return {code: {convention: figure}} for the year: one query a family, whatever the number of conventions."""
    lues, connus = list(conventions), [c for code in dict.fromkeys(codes) if (c := trouver(code))]
    comptes = {famille: famille(lues, annee) for famille in dict.fromkeys(c.famille for c in connus)} if lues else {}
    return {c.code: {pk: c.chiffre(comptes[c.famille].get(pk, {})) for pk in lues} for c in connus if lues}


def decouvrir() -> None:
    """Import the `calculs_conventions` module of every installed storey."""
    autodiscover_modules("calculs_conventions")
