"""The sections of a person's page, one module a screen family. A section reads in two queries at most."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from parcours.chronologie import Fait

from . import (
    affectations,
    aides,
    contrats,
    diagnostics,
    documents,
    entretiens,
    foyer,
    inscriptions,
    orientation,
    prescriptions,
    sorties,
)
from .base import GROUPES, RENCONTRER, Geste, Lecture, Section

__all__ = ["FAMILLES", "RENCONTRER", "Geste", "Lecture", "Section", "abonner", "faits", "gestes", "sections"]

# In the order of the page: what one follows now, then how it was decided, then what is looked up.
FAMILLES = (
    contrats, entretiens, aides, diagnostics, prescriptions, inscriptions, sorties, orientation, affectations,
    documents, foyer,
)  # fmt: skip
_DU_DESSUS: list[Any] = []  # families of the storeys above, which know people too


def abonner(famille: Any) -> None:
    """Add a family of a storey above, once: a module with `section`, `gestes` and `faits` of a `lecture`."""
    if famille not in _DU_DESSUS:
        _DU_DESSUS.append(famille)


def _familles() -> tuple[Any, ...]:
    return (*FAMILLES, *_DU_DESSUS)


def faits(lecture: Lecture) -> list[Fait]:
    """Return the events of the timeline that the storeys above know, for this reader."""
    return [fait for famille in _DU_DESSUS for fait in famille.faits(lecture)]


def sections(lecture: Lecture) -> list[Section]:
    """Return the sections that have something to say to this reader."""
    lues = (famille.section(lecture) for famille in _familles())
    return [section for section in lues if section is not None]


def gestes(lecture: Lecture, *autres: Geste, sauf: Collection[Geste] = ()) -> list[tuple[str, list[Geste]]]:
    """Return what the reader may add to this path, by heading, `autres` first; nothing when they only read it."""
    if not lecture.ecrit:
        return []
    possibles = [*autres, *(geste for famille in _familles() for geste in famille.gestes(lecture) if geste not in sauf)]
    ranges = ((groupe, [g for g in possibles if g.groupe == groupe]) for groupe in GROUPES)
    return [(groupe, siens) for groupe, siens in ranges if siens]
