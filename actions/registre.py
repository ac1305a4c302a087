"""The registry of computed indicators: one declaration each; every storey adds its own.

A storey declares in its `indicateurs.py`, found at start-up; nothing here knows who declares. A declaration says in
words what it counts, and holds one set-based query for a whole programme.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.utils.module_loading import autodiscover_modules

from pdi.socle.masquage import SEUIL_INTERNE

from .models import Programme, SensIndicateur
from .regles.indicateurs import est_un_taux, quotient

SECRET = f"Secret statistique : moins de {SEUIL_INTERNE} personnes."


class Portee(StrEnum):
    """What a value is about."""

    FICHE = "fiche"
    PROGRAMME = "programme"


@dataclass(frozen=True, slots=True)
class Termes:
    """What a query returns: numerator, denominator (None for a count), how many data are missing.

    `texte`: why there is no figure to show, instead of one (nothing feeds it, or its family would tell it).
    """

    numerateur: Decimal
    denominateur: Decimal | None = None
    manquants: int | None = None
    texte: str = ""


# Given a programme and a year, the terms of each fiche (scope FICHE), or of the whole under None (PROGRAMME).
Requete = Callable[[Programme, int], Mapping[int | None, Termes]]


@dataclass(frozen=True)
class Declaration:
    """A computed indicator. `version` changes with the formula; `source` is the legal or local text, if any.

    A rate (`unite` « % » or « ratio ») is its numerator over its denominator; `moyenne` makes a value in another unit
    from both (days, euros); otherwise the value is the numerator. `secrete` says of terms that they are about too few
    people to be told: fiches and reports are read by everybody. `origine` says what is particular to a year's figures.
    """

    code: str
    libelle: str
    definition: str
    numerateur: str
    denominateur: str
    unite: str
    version: str
    portee: Portee
    requete: Requete
    sens: str = SensIndicateur.HAUSSE
    source: str = ""
    moyenne: Callable[[Termes], Decimal | None] | None = None
    secrete: Callable[[Termes], bool] | None = None
    origine: Callable[[int], str] | None = None

    def valeur(self, termes: Termes) -> Decimal | None:
        """Return the value of the terms in `unite`; None for a rate or a mean whose denominator is zero."""
        if self.moyenne is not None:
            return self.moyenne(termes)
        if not est_un_taux(self.unite):
            return termes.numerateur
        return quotient(termes.numerateur, termes.denominateur or Decimal(0), self.unite)


_declarations: dict[str, Declaration] = {}


def declarer(declaration: Declaration) -> Declaration:
    """Add a declaration. Raises ValueError when its code is taken by another, or its terms do not fit its unit."""
    connue = _declarations.get(declaration.code)
    if connue is not None and connue is not declaration:
        raise ValueError(f"Le code d’indicateur « {declaration.code} » est déjà déclaré.")
    if (est_un_taux(declaration.unite) or declaration.moyenne is not None) != bool(declaration.denominateur):
        raise ValueError(f"« {declaration.code} » : un taux ou une moyenne dit son dénominateur, un compte n’en a pas.")
    _declarations[declaration.code] = declaration
    return declaration


def trouver(code: str) -> Declaration | None:
    """Return the declaration of that code."""
    return _declarations.get(code)


def declarations() -> list[Declaration]:
    """Return every declaration, by label."""
    return sorted(_declarations.values(), key=lambda d: d.libelle)


def decouvrir() -> None:
    """Import the `indicateurs` module of every installed storey."""
    autodiscover_modules("indicateurs")
