"""Sorting of lists by their column headers: declared, validated, kept in the URL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Tri:
    """The order of a list. `cles` are the order_by names of the active column, tie-breakers included.

    Declared once per screen: `Tri.lire(request.GET, {"titre": "titre_tri", "echeance": ("echeance", "id")},
    defaut="-echeance")`. A column that is not declared, or a tampered value, falls back on the default.
    """

    colonnes: Mapping[str, str | Sequence[str]]
    nom: str
    descendant: bool
    defaut: str = ""
    parametre: str = "tri"

    @classmethod
    def lire(
        cls,
        get: Mapping[str, str],
        colonnes: Mapping[str, str | Sequence[str]],
        *,
        defaut: str,
        parametre: str = "tri",
    ) -> Self:
        """Read the order asked for in the query string."""
        demande = get.get(parametre, "") or defaut
        if demande.removeprefix("-") not in colonnes:
            demande = defaut
        return cls(colonnes, demande.removeprefix("-"), demande.startswith("-"), defaut, parametre)

    @property
    def cles(self) -> list[str]:
        """Return the names for order_by or PageParCle, all turned round when descending."""
        declare = self.colonnes[self.nom]
        champs = [declare] if isinstance(declare, str) else list(declare)
        return [self._retourner(c) if self.descendant else c for c in champs]

    @staticmethod
    def _retourner(champ: str) -> str:
        return champ.removeprefix("-") if champ.startswith("-") else f"-{champ}"

    def etat(self, nom: str) -> str:
        """Return the aria-sort of the column: ascending, descending or none; empty when it cannot be sorted."""
        if nom not in self.colonnes:
            return ""
        if nom != self.nom:
            return "none"
        return "descending" if self.descendant else "ascending"

    def suivant(self, nom: str) -> str:
        """Return the parameter value that a click on the header of `nom` asks for."""
        return f"-{nom}" if nom == self.nom and not self.descendant else nom


@dataclass(frozen=True)
class Colonne:
    """One column header. `cle` names it in the Tri (empty: not sortable); `nb` aligns numbers on the right."""

    titre: str
    cle: str = ""
    nb: bool = False
    masquee: bool = False
    classe: str = ""
