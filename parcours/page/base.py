"""What a section of a person's page is given, and what it gives back."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Lecture:
    """Who reads whose page, on which day. `ecrit`: may write in this path; `voit_sante`: restricted themes too.

    `personne` comes from `droits.avec_acces`.
    """

    personne: Any
    utilisateur: Any
    jour: datetime.date
    ecrit: bool
    voit_sante: bool


@dataclass(frozen=True)
class Geste:
    """A link of the « Ajouter » menu of the page: a verb with its object."""

    intitule: str
    url: str


@dataclass(frozen=True)
class Section:
    """A part of the page: its template, which reads `s`, and where it stands."""

    gabarit: str
    donnees: dict[str, Any] = field(default_factory=dict)
    place: Literal["principal", "lateral"] = "lateral"
