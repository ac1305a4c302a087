"""What a bulk action would do, told before it is done. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

SEUIL_ARRIERE_PLAN = 200  # people: beyond, the action runs as a job, with its progress


@dataclass
class Apercu:
    """Who is kept (keys), who is left out and why, what ends, what the author must know; `empreinte` names this plan.

    The execution asks for the same `empreinte`: what is done is what was shown, or nothing.
    """

    retenues: list[int]
    ecartees: dict[str, list[int]] = field(default_factory=dict)
    remplacees: list[int] = field(default_factory=list)
    erronees: list[int] = field(default_factory=list)
    constats: list[str] = field(default_factory=list)
    alertes: list[str] = field(default_factory=list)
    empreinte: str = ""
    suite: tuple[str, str] | None = None  # what comes next once done: words and address

    @property
    def hors(self) -> int:
        """Return how many people are left out."""
        return sum(len(cles) for cles in self.ecartees.values())

    @property
    def motifs(self) -> list[tuple[str, int]]:
        """Return each reason and how many people it leaves out, most frequent first."""
        return sorted(((m, len(cles)) for m, cles in self.ecartees.items()), key=lambda paire: (-paire[1], paire[0]))

    def rapport(self) -> dict[str, Any]:
        """Return what is kept of it once done (JSON)."""
        return {
            "faites": len(self.retenues),
            "constats": self.constats,
            "suite": list(self.suite) if self.suite else [],
            "ecartees": [[motif, n, self.ecartees[motif]] for motif, n in self.motifs],
        }


def empreinte_de(plan: Iterable[Any], *cles: Iterable[int]) -> str:
    """Return what identifies a plan: its parameters, and the people and rows it touches."""
    texte = repr([[str(p) for p in plan], *([*suite] for suite in cles)])
    return hashlib.sha256(texte.encode()).hexdigest()
