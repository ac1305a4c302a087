"""Events grouped by person and by household."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .evenements import (
    Adresse,
    AffectationReferent,
    AttributionAide,
    Contrat,
    Entretien,
    Foyer,
    Jour,
    Orientation,
    Periode,
    Personne,
    Prescription,
    SituationDroitsDevoirs,
    SituationFoyer,
    Sortie,
    SuiviPostSortie,
)


@dataclass(slots=True)
class Episode:
    """One stay of a person in a file: from `debut`, to `fin` (None: still there)."""

    dossier_id: int
    debut: Jour
    fin: Jour | None
    soumis: bool


@dataclass(slots=True)
class Parcours:
    """Everything drawn for one person; `lignes` holds the rows that no indicator reads."""

    personne: Personne
    naissance: Jour
    adresses: list[Adresse] = field(default_factory=list)
    droits: list[SituationDroitsDevoirs] = field(default_factory=list)
    orientations: list[Orientation] = field(default_factory=list)
    affectations: list[AffectationReferent] = field(default_factory=list)
    entretiens: list[Entretien] = field(default_factory=list)
    contrats: list[Contrat] = field(default_factory=list)
    prescriptions: list[Prescription] = field(default_factory=list)
    aides: list[AttributionAide] = field(default_factory=list)
    sorties: list[Sortie] = field(default_factory=list)
    suivis: list[SuiviPostSortie] = field(default_factory=list)
    lignes: list[Any] = field(default_factory=list)
    episodes: list[Episode] = field(default_factory=list)

    def toutes(self) -> list[Any]:
        """Return every row of the person."""
        return [
            self.personne, *self.adresses, *self.droits, *self.orientations, *self.affectations, *self.entretiens,
            *self.contrats, *self.prescriptions, *self.aides, *self.sorties, *self.suivis, *self.lignes,
        ]  # fmt: skip


@dataclass(slots=True)
class Menage:
    """A household, its files month by month, and the people drawn in it.

    `enfants`: how many on the first day, None when nobody knows; `charges`: how long each child is in its charge.
    """

    foyer: Foyer
    situation: str
    enfants: int | None
    lignes: list[Any] = field(default_factory=list)
    etats: dict[tuple[int, Jour], str] = field(default_factory=dict)
    membres: list[Parcours] = field(default_factory=list)
    situations: list[SituationFoyer] = field(default_factory=list)
    charges: list[Periode] = field(default_factory=list)
    natures: dict[int, str] = field(default_factory=dict)  # of the benefit, by file

    def toutes(self) -> list[Any]:
        """Return every row of the household and of its members."""
        siennes = [ligne for parcours in self.membres for ligne in parcours.toutes()]
        return [*self.lignes, *self.situations, *siennes]

    def enfants_au(self, jour: Jour) -> int | None:
        """Return the number of children in its charge on `jour`."""
        return None if self.enfants is None else sum(charge.contient(jour) for charge in self.charges)
