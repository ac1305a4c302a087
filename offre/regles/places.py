"""How many places of a session are open to whom. Pure.

A share kept for a public guarantees it a minimum: the others may take what is left once every unfilled share is set
aside. « 290 places of which 30 for RSA recipients »: at most 260 others while no recipient has come.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

ZERO = Decimal(0)


class PartReservee(Protocol):
    """What is read of a QuotaSession."""

    @property
    def public(self) -> str:
        """Code of the public."""

    @property
    def reservees(self) -> Decimal:
        """Quantity kept."""

    @property
    def prises(self) -> Decimal:
        """Quantity taken by that public."""


@dataclass(frozen=True)
class Part:
    """A share: `reservees` kept for `public`, of which `prises` are taken."""

    public: str
    reservees: Decimal
    prises: Decimal = ZERO


def libres(capacite: Decimal, prises: Decimal, parts: Sequence[PartReservee], publics: Collection[str]) -> Decimal:
    """Return what a person of `publics` may still take: never negative, never more than what is left."""
    mises_de_cote = sum((max(p.reservees - p.prises, ZERO) for p in parts if p.public not in publics), ZERO)
    return max(capacite - prises - mises_de_cote, ZERO)


def manque(capacite: Decimal, parts: Sequence[PartReservee]) -> Decimal:
    """Return by how much the shares exceed the capacity; 0 when they fit. Shares may overlap (one person, two)."""
    return max(max((p.reservees for p in parts), default=ZERO) - capacite, ZERO)
