"""What an indicator about people is: words, and which rows of a family of rows it counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from actions.models import SensIndicateur
from actions.regles.indicateurs import quotient

# Version of the formulas of docs/indicateurs.md: it changes with them.
VERSION = "1"

TERRITOIRE, STRUCTURE, SEXE, AGE, TYPE, MOIS, OFFRE = (
    "territoire", "structure", "sexe", "age", "type", "mois", "offre",
)  # fmt: skip
AXES = {
    TERRITOIRE: "Territoire",
    STRUCTURE: "Structure",
    SEXE: "Sexe",
    AGE: "Tranche d’âge",
    TYPE: "Type d’orientation",
    MOIS: "Mois",
    OFFRE: "Offre",
}
PERSONNE = (TERRITOIRE, SEXE, AGE)  # what is known of every person
JOURS_PAR_MOIS = Decimal("30.4375")

# Which people a figure opens: those it counts, those it is a part of, the others, those it cannot tell about.
PORTIONS = {
    "numerateur": "comptées au numérateur",
    "denominateur": "comptées au dénominateur",
    "reste": "du dénominateur, hors du numérateur",
    "manquants": "sans donnée",
}


@dataclass(frozen=True, slots=True)
class Valeur:
    """Terms of an indicator for one group of rows; `denominateur` None for a count, `mediane` for delays only."""

    numerateur: Decimal
    denominateur: Decimal | None = None
    manquants: int = 0
    mediane: Decimal | None = None

    @property
    def vide(self) -> bool:
        """Return whether nothing was counted."""
        return not (self.numerateur or self.denominateur or self.manquants)

    @property
    def effectif(self) -> int:
        """Return how many items the value rests on: what small cells are judged by."""
        return int(self.numerateur if self.denominateur is None else self.denominateur)


@dataclass(frozen=True)
class Formule:
    """One indicator. `numerateur_sql`, `denominateur_sql` and `manquants_sql` are conditions on the family's rows.

    `somme` is the column added up at the numerator instead of counting rows (days, euros), `somme_base` the same
    at the denominator. `personnes`: distinct people are counted, not rows. `mediane` is a column.
    """

    code: str
    libelle: str
    definition: str
    numerateur: str
    unite: str
    famille: str
    numerateur_sql: str
    denominateur: str = ""
    denominateur_sql: str = ""
    manquants_sql: str = ""
    somme: str = ""
    somme_base: str = ""
    personnes: bool = False
    mediane: str = ""
    axes: tuple[str, ...] = (*PERSONNE, STRUCTURE)
    date: str = "31 décembre, ou jour du calcul"
    sens: str = SensIndicateur.HAUSSE
    source: str = ""
    rubrique: str = ""
    manquants: str = ""
    disjoint: bool = True  # the numerator is a part of the denominator, and groups add up to the total
    version: str = field(default=VERSION)

    @property
    def est_un_compte(self) -> bool:
        """Return whether there is no denominator."""
        return not self.denominateur_sql

    def valeur(self, termes: Valeur) -> Decimal | None:
        """Return the figure in `unite`: a count, a percentage, a mean. None without denominator to divide by."""
        if self.est_un_compte:
            return termes.numerateur
        return self.diviser(termes.numerateur, termes.denominateur or Decimal(0))

    def diviser(self, numerateur: Decimal, denominateur: Decimal) -> Decimal | None:
        """Return the quotient of the terms in `unite`; None when the denominator is zero."""
        return quotient(numerateur, denominateur, self.unite)


def en_mois(jours: Decimal | None) -> Decimal | None:
    """Return a number of days in months of 30,4375 days."""
    return None if jours is None else (jours / JOURS_PAR_MOIS).quantize(Decimal("0.0001"), ROUND_HALF_UP)


@dataclass(frozen=True)
class Restriction:
    """Rows kept: empty attributes keep everything; `sexe`, `age` and `type` None too (empty is « unknown »)."""

    territoire: str = ""
    structure: int | None = None
    sexe: str | None = None
    age: str | None = None
    type: str | None = None
    mois: str = ""
    offres: tuple[str, ...] = ()
    reglement: str = ""

    @property
    def vide(self) -> bool:
        """Return whether every row is kept."""
        return self == Restriction()

    def actives(self) -> dict[str, Any]:
        """Return the values that restrict, by column."""
        voulues = {
            TERRITOIRE: self.territoire or None,
            STRUCTURE: self.structure,
            SEXE: self.sexe,
            AGE: self.age,
            TYPE: self.type,
            MOIS: self.mois or None,
            OFFRE: list(self.offres) or None,
            "reglement": self.reglement or None,
        }
        return {nom: valeur for nom, valeur in voulues.items() if valeur is not None}
