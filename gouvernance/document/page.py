"""A version on screen: one part of it a page, with the way to the others. The whole on one page when asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from .composition import (
    D_UNE_PAGE_A_L_AUTRE,
    DANS_LA_PAGE,
    Entree,
    composer_corps,
    composer_partie,
    sommaire,
)

TOUT = "tout"


@dataclass(frozen=True)
class PageVersion:
    """What one page shows. `renvoi`: what comes before an anchor in the table of contents."""

    corps: SafeString
    entrees: list[Entree]
    entree: Entree | None
    avant: Entree | None = None
    apres: Entree | None = None
    renvoi: str = D_UNE_PAGE_A_L_AUTRE

    @property
    def courante(self) -> str:
        """Return the anchor of the part, empty for the whole."""
        return self.entree.ancre if self.entree else ""

    @property
    def premiere(self) -> bool:
        """Return whether it opens the report: how to read it is said there."""
        return self.avant is None


def lire_page(contenu: Mapping[str, Any], partie: str) -> PageVersion:
    """Return the page of `partie` (an anchor of the table of contents, « tout », or empty: the first one).

    Raises KeyError when there is no such part.
    """
    entrees = sommaire(contenu)
    if partie == TOUT or not entrees:
        return PageVersion(composer_corps(contenu), entrees, None, renvoi=DANS_LA_PAGE)
    rangs = {e.ancre: n for n, e in enumerate(entrees)}
    rang = rangs[partie] if partie else 0
    return PageVersion(
        composer_partie(contenu, entrees[rang].ancre), entrees, entrees[rang],
        entrees[rang - 1] if rang else None, entrees[rang + 1] if rang + 1 < len(entrees) else None,
    )  # fmt: skip
