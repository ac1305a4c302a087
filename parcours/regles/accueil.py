"""Places of a receiving structure: taken, left, exceeded. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Places:
    """The places of one structure for one accompaniment mode (empty: all of them together)."""

    structure: int
    mode: str
    places: int
    prises: int

    @property
    def libres(self) -> int:
        """Return the places left, 0 at least."""
        return max(self.places - self.prises, 0)

    @property
    def depassement(self) -> int:
        """Return how many people are beyond the capacity, 0 when there is none."""
        return max(self.prises - self.places, 0)

    @property
    def complet(self) -> bool:
        """Return whether one more would exceed."""
        return self.prises >= self.places

    @property
    def dit(self) -> str:
        """Return how far beyond the capacity: « 3 au-delà »."""
        return f"{self.depassement} au-delà"

    @property
    def phrase(self) -> str:
        """Return « 38 places prises sur 40 »."""
        if self.depassement:
            return f"{self.prises}\u00a0personnes pour {self.places}\u00a0places"
        s = "s" if self.prises > 1 else ""
        return f"{self.prises}\u00a0place{s} prise{s} sur {self.places}"


class Accueil:
    """The capacities of one structure, and what they become as people come and go."""

    def __init__(self, places: Iterable[Places]) -> None:
        """Start from the places taken today."""
        self.places = list(places)

    def pleines(self, mode: str, quitte: str | None = None) -> list[Places]:
        """Return the capacities that one more person, accompanied in `mode`, would exceed.

        `quitte` is the mode of the person already oriented to this very structure, None when they come from elsewhere.
        """
        return [p for p in self.places if p.mode in ("", mode) and self._sans(p, quitte).complet]

    def entrer(self, mode: str, quitte: str | None = None) -> None:
        """Count one more person."""
        restantes = [self._sans(p, quitte) for p in self.places]
        self.places = [replace(p, prises=p.prises + 1) if p.mode in ("", mode) else p for p in restantes]

    @staticmethod
    def _sans(places: Places, quitte: str | None) -> Places:
        part = quitte is not None and places.mode in ("", quitte) and places.prises > 0
        return replace(places, prises=places.prises - 1) if part else places
