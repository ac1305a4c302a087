"""A rule set in words: each criterion as a sentence anybody can check against the questionnaire."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from parcours.lecture_diagnostics import grille_au
from parcours.models import JeuRegles, RegleOrientation, SituationTheme
from parcours.regles.orientation import Libelles, RegleIllisible, dire_critere


@dataclass(frozen=True)
class RegleEnMots:
    """A rule and its criteria as sentences."""

    regle: RegleOrientation
    criteres: list[str]


def _dire(critere: dict[str, object], libelles: Libelles) -> str:
    try:
        return dire_critere(critere, libelles)
    except (RegleIllisible, KeyError, TypeError):
        return "Critère illisible : à corriger avant d’appliquer ce jeu."


def regles_en_mots(jeu: JeuRegles, jour: datetime.date) -> list[RegleEnMots]:
    """Return the rules in order, worded by the grid in force on `jour`."""
    situations = SituationTheme.objects.filter(theme__grille=grille_au(jour)).values_list(
        "theme__code", "theme__libelle", "code", "libelle"
    )
    lues = list(situations)
    libelles = Libelles({t: nom for t, nom, _, _ in lues}, {(t, code): dit for t, _, code, dit in lues})
    return [RegleEnMots(r, [_dire(c, libelles) for c in r.criteres]) for r in jeu.regles.all()]
