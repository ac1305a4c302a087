"""What the search looks into."""

from __future__ import annotations

from collections.abc import Iterable

from pdi.structures.regles import cle_nom


def texte_de_recherche(*, numero: str, intitule: str, textes: Iterable[str]) -> str:
    """Return the text a fiche is found by: no accent, no case, no punctuation.

    `textes`: context, objectives, publics, steps, names of its actors…
    """
    return cle_nom(" ".join([numero, intitule, *textes]))
