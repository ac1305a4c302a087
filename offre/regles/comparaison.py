"""Offers side by side: one line a field, marked when they differ. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from offre.versions import en_mots

COMPAREES_MAX = 3


@dataclass(frozen=True)
class LigneComparee:
    """One field of each offer, in words; `titres` name the offers briefly, where their columns are stacked."""

    libelle: str
    textes: list[str]
    titres: list[str]

    @property
    def cellules(self) -> list[tuple[str, str]]:
        """Return (brief title, text), one an offer."""
        return list(zip(self.titres, self.textes, strict=True))

    @property
    def differe(self) -> bool:
        """Return whether the offers do not say the same."""
        return len(set(self.textes)) > 1


@dataclass(frozen=True)
class SectionComparee:
    """The fields of one section of the sheet."""

    titre: str
    lignes: list[LigneComparee] = field(default_factory=list)


def comparer(contenus: Sequence[Mapping[str, Any]], sans: Sequence[str] = ()) -> list[SectionComparee]:
    """Return the sections of the sheet for these offers; a field that says nothing of any is left out."""
    sections: list[SectionComparee] = []
    titres = [c["numero"] or c["intitule"] for c in contenus]
    for rubriques in zip(*(en_mots(c, (*sans, "intitule", "numero")) for c in contenus), strict=True):
        textes = [r.texte for r in rubriques]
        if all(texte in ("", "non") for texte in textes):
            continue
        if not sections or sections[-1].titre != rubriques[0].section:
            sections.append(SectionComparee(rubriques[0].section))
        sections[-1].lignes.append(LigneComparee(rubriques[0].libelle, textes, titres))
    return sections
