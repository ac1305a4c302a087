"""Registry of the chapters of the report: what each gathers, and the templates and sheets that show it.

A later subject (meetings, decisions, annexes) adds its chapter without touching the others:

    enregistrer(Chapitre(code="seances", titre="Instances et séances", ordre=45, rassembler=rassembler_seances,
                         gabarit="documents/rapport/seances.html"))

called from its AppConfig.ready(). The content keeps the code of the chapter; the template is found again by
that code, so a frozen content stays readable as long as its chapter stays declared.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .formes import ChapitreContenu
from .lecture import Matiere


@dataclass(frozen=True)
class Chapitre:
    """One chapter. `rassembler` turns the rows already read into JSON data; None or {} leaves the chapter out.

    `lire`, for a chapter of another subject, reads its own rows: a fixed number of queries, put in
    `matiere.memoire[code]`. `numerote` False keeps the chapter out of the numbering (its parts have their own).
    """

    code: str
    titre: str
    ordre: int
    gabarit: str
    rassembler: Callable[[Matiere, list[ChapitreContenu]], dict[str, Any] | None]
    lire: Callable[[Matiere], Any] | None = None
    gabarit_sommaire: str = ""


_CHAPITRES: dict[str, Chapitre] = {}


def enregistrer(chapitre: Chapitre) -> Chapitre:
    """Declare a chapter. A second declaration of the same code is an error of the program."""
    if chapitre.code in _CHAPITRES:
        raise ValueError(f"Chapitre déjà déclaré : {chapitre.code}")
    _CHAPITRES[chapitre.code] = chapitre
    return chapitre


def retirer(code: str) -> None:
    """Withdraw a chapter (tests)."""
    _CHAPITRES.pop(code, None)


def chapitres() -> list[Chapitre]:
    """Return the declared chapters in the order of the document."""
    return sorted(_CHAPITRES.values(), key=lambda c: (c.ordre, c.code))


def chapitre_declare(code: str) -> Chapitre:
    """Return the chapter declared under `code`; KeyError when it no longer is."""
    return _CHAPITRES[code]
