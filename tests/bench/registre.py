"""The registry of measures: what is timed, against which baseline, timed in the same run.

A measure is a generator that prepares, yields callables to time, and cleans up:

    @mesure("export_lignes", taille=100_000, reference="lecture_seule")
    def export_lignes() -> Iterator[Callable[[], object]]:
        preparer()
        yield exporter          # timed: the measure
        yield lire              # timed: its baseline (only when `reference` is given)

Each callable runs `tours` times; the best time is kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Action = Callable[[], object]
Preparation = Callable[[], Iterator[Action]]


@dataclass(frozen=True)
class Mesure:
    """One measure: `taille` is a count of what is treated, `reference` names the baseline (or is empty)."""

    nom: str
    taille: int
    reference: str
    tours: int
    preparation: Preparation


@dataclass(frozen=True)
class Ligne:
    """One line of output. `rapport` = seconds / baseline's seconds, None without baseline."""

    nom: str
    taille: int
    secondes: float
    reference: str
    rapport: float | None

    def texte(self) -> str:
        """Return the five fields, separated by tabulations."""
        rapport = "" if self.rapport is None else f"{self.rapport:.3f}"
        return "\t".join((self.nom, str(self.taille), f"{self.secondes:.4f}", self.reference, rapport))


REGISTRE: dict[str, Mesure] = {}


def mesure(nom: str, *, taille: int, reference: str = "", tours: int = 3) -> Callable[[Preparation], Preparation]:
    """Register a measure under `nom`, unique."""

    def inscrire(preparation: Preparation) -> Preparation:
        if nom in REGISTRE:
            raise ValueError(f"La mesure {nom} existe déjà.")
        REGISTRE[nom] = Mesure(nom, taille, reference, tours, preparation)
        return preparation

    return inscrire


def _meilleur(action: Action, tours: int) -> float:
    durees = []
    for _ in range(tours):
        debut = time.perf_counter()
        action()
        durees.append(time.perf_counter() - debut)
    return min(durees)


def executer(une: Mesure) -> Ligne:
    """Prepare, time the measure then its baseline, clean up."""
    etapes = une.preparation()
    secondes = _meilleur(next(etapes), une.tours)
    rapport = None
    if une.reference:
        rapport = secondes / _meilleur(next(etapes), une.tours)
    for _ in etapes:
        raise ValueError(f"{une.nom} donne plus d’actions que prévu.")
    return Ligne(une.nom, une.taille, secondes, une.reference, rapport)
