"""Orientation rules: a readable, ordered set of criteria proposes a type with its reasons. Pure; a human decides.

A rule holds when all its criteria hold; the first that holds proposes; a rule `par_defaut` holds as soon as one
question is answered. A criterion is one of:

- {"theme": "garde", "situations": ["aucune"], "dit": "…"}: the answer is one of these;
- {"niveau_min": 3, "au_moins": 1, "themes": ["logement", …], "dit": "…"}: that many answers at this level or above;
- {"niveau_max": 1, "themes": ["emploi", …], "dit": "…"}: all these themes are answered, none above this level.

`themes` left out means every theme. An unanswered question never satisfies a criterion: what is not known is neither
an obstacle nor a strength. `dit` is the reason in plain words; it names no answer of a restricted theme (health).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

OBSTACLE = 2
BLOQUANT = 3


class RegleLisible(Protocol):
    """What is read of a RegleOrientation row (saved or not)."""

    ordre: int
    type: str
    criteres: list[dict[str, Any]]
    explication: str
    par_defaut: bool
    organisme: str


@dataclass(frozen=True)
class Reponse:
    """An answer: the codes of its theme and situation, its level 0 to 3, its label, whether it is restricted."""

    theme: str
    situation: str
    niveau: int = 1
    libelle: str = ""
    restreint: bool = False

    @classmethod
    def lire(cls, reponse: Any) -> Reponse:
        """Read a ReponseDiagnostic whose theme and situation are already selected."""
        theme, situation = reponse.theme, reponse.situation
        return cls(theme.code, situation.code, situation.niveau, situation.libelle, theme.restreint)


@dataclass(frozen=True)
class Proposition:
    """What the rules say. `type` is empty when they say nothing; `raisons` are sentences for anyone who may read.

    `regle` is the rule that proposed (the object given to `evaluer`), `sans_reponse` the themes the rules read and
    the person was not asked about: the proposal could change with them.
    """

    type: str = ""
    regle: Any = None
    explication: str = ""
    organisme: str = ""
    raisons: list[str] = field(default_factory=list)
    sans_reponse: list[str] = field(default_factory=list)

    @property
    def texte(self) -> str:
        """Return the proposal's reasons as one text, to be kept with the decision."""
        return "\n".join([self.explication, *(f"– {raison}" for raison in self.raisons)] if self.type else [])


class RegleIllisible(ValueError):
    """A criterion cannot be read; the message says which one and why."""


def themes_lus(regles: Iterable[RegleLisible]) -> list[str]:
    """Return the codes of the themes that the rules name, in order of appearance."""
    vus: dict[str, None] = {}
    for regle in regles:
        for critere in regle.criteres:
            for theme in [critere["theme"]] if "theme" in critere else critere.get("themes", ()):
                vus[theme] = None
    return list(vus)


def verifier_regles(regles: Sequence[RegleLisible], situations: Mapping[str, Iterable[str]]) -> list[str]:
    """Return the faults of a rule set read against a grid ({theme: situations}), in French; none when it is sound.

    A sound set has one default rule, last; names only themes and situations of the grid; never reads an empty list.
    """
    fautes = []
    connues = {theme: set(codes) for theme, codes in situations.items()}
    defauts = [r for r in regles if r.par_defaut]
    if len(defauts) != 1 or defauts[0].ordre != max((r.ordre for r in regles), default=0):
        fautes.append("Le jeu a une règle par défaut, et une seule, en dernier.")
    for regle in regles:
        nom = f"Règle {regle.ordre}"
        if not regle.criteres and not regle.par_defaut:
            fautes.append(f"{nom}\u00a0: aucun critère.")
        for critere in regle.criteres:
            fautes += [f"{nom}\u00a0: {faute}" for faute in _fautes(critere, connues)]
    return fautes


def _fautes(critere: Mapping[str, Any], connues: Mapping[str, set[str]]) -> Iterable[str]:
    formes = [cle for cle in ("situations", "niveau_min", "niveau_max") if cle in critere]
    if len(formes) != 1:
        yield "un critère donne des situations, un niveau minimal ou un niveau maximal, un seul des trois."
    if not critere.get("dit"):
        yield "un critère dit sa raison en clair."
    themes = [critere["theme"]] if "theme" in critere else critere.get("themes", [])
    for theme in themes:
        if theme not in connues:
            yield f"le thème «\u00a0{theme}\u00a0» n’est pas dans la grille."
    if formes == ["situations"]:
        inconnues = set(critere["situations"]) - connues.get(critere.get("theme", ""), set())
        if not critere["situations"] or "theme" not in critere:
            yield "un critère de situations nomme son thème et au moins une situation."
        for code in sorted(inconnues):
            yield f"la situation «\u00a0{code}\u00a0» n’est pas dans la grille."


@dataclass(frozen=True)
class Libelles:
    """How a grid words its codes: {theme: label}, {(theme, situation): label}."""

    themes: Mapping[str, str]
    situations: Mapping[tuple[str, str], str]

    def theme(self, code: str) -> str:
        """Return the label of a theme, its code when the grid does not know it."""
        return self.themes.get(code, code)

    def situation(self, theme: str, code: str) -> str:
        """Return the label of a situation, its code when the grid does not know it."""
        return self.situations.get((theme, code), code)


_NIVEAUX = {0: "un atout", 1: "une situation neutre", OBSTACLE: "un frein", BLOQUANT: "un frein bloquant"}


def dire_critere(critere: Mapping[str, Any], libelles: Libelles) -> str:
    """Return a criterion as a sentence that anybody can check against the questionnaire."""
    if "situations" in critere:
        theme = critere["theme"]
        ou = " ou ".join(f"«\u00a0{libelles.situation(theme, code)}\u00a0»" for code in critere["situations"])
        return f"{libelles.theme(theme)}\u00a0: la réponse est {ou}."
    noms = [libelles.theme(t) for t in critere.get("themes", ())]
    parmi = f" parmi {', '.join(noms)}" if noms else ", tous thèmes confondus"
    if "niveau_min" in critere:
        nombre = critere.get("au_moins", 1)
        quoi = _NIVEAUX.get(critere["niveau_min"], f"un niveau {critere['niveau_min']}")
        fin = "" if critere["niveau_min"] == BLOQUANT else " ou plus grave"
        return f"Au moins {nombre} réponse{'s' if nombre > 1 else ''} du niveau «\u00a0{quoi}\u00a0»{fin}{parmi}."
    if "niveau_max" in critere:
        pire = _NIVEAUX.get(critere["niveau_max"] + 1, f"un niveau {critere['niveau_max'] + 1}")
        debut = (
            f"{', '.join(noms)}\u00a0: toutes les réponses sont connues et" if noms else "Parmi les réponses connues,"
        )
        return f"{debut} aucune n’est {pire}{'' if critere['niveau_max'] + 1 >= BLOQUANT else ' ou pire'}."
    raise RegleIllisible(f"Critère sans situations ni niveau\u00a0: {dict(critere)!r}")


def _raison(critere: Mapping[str, Any], reponses: Mapping[str, Reponse]) -> str | None:
    """Return the reason in words when the criterion holds, None when it does not."""
    dit = str(critere.get("dit", ""))
    if "situations" in critere:
        reponse = reponses.get(critere["theme"])
        return dit if reponse is not None and reponse.situation in critere["situations"] else None
    themes = critere.get("themes")
    retenues = [r for r in reponses.values() if themes is None or r.theme in themes]
    if "niveau_min" in critere:
        atteintes = [r for r in retenues if r.niveau >= critere["niveau_min"]]
        if len(atteintes) < critere.get("au_moins", 1):
            return None
        noms = [r.libelle for r in atteintes if r.libelle and not r.restreint]
        return f"{dit}\u00a0: {', '.join(_minuscule(n) for n in noms)}" if noms else dit
    if "niveau_max" in critere:
        complet = bool(retenues) if themes is None else len(retenues) == len(set(themes))
        return dit if complet and all(r.niveau <= critere["niveau_max"] for r in retenues) else None
    raise RegleIllisible(f"Critère sans situations ni niveau\u00a0: {dict(critere)!r}")


def _minuscule(texte: str) -> str:
    return texte if texte[1:2].isupper() else texte[:1].lower() + texte[1:]


def _raisons(regle: RegleLisible, reponses: Mapping[str, Reponse]) -> list[str] | None:
    raisons = []
    for critere in regle.criteres:
        raison = _raison(critere, reponses)
        if raison is None:
            return None
        raisons.append(raison)
    return raisons if raisons or regle.par_defaut else None


def evaluer(regles: Iterable[RegleLisible], reponses: Iterable[Reponse]) -> Proposition:
    """Return what the rules propose for these answers (one a theme; the last given wins).

    Nothing is proposed without an answer. Raises RegleIllisible when a criterion cannot be read.
    """
    ordonnees = sorted(regles, key=lambda r: r.ordre)
    par_theme = {r.theme: r for r in reponses}
    sans_reponse = [theme for theme in themes_lus(ordonnees) if theme not in par_theme]
    if not par_theme:
        return Proposition(sans_reponse=sans_reponse)
    for regle in ordonnees:
        raisons = _raisons(regle, par_theme)
        if raisons is not None:
            return Proposition(
                regle.type, regle, regle.explication, getattr(regle, "organisme", ""), raisons, sans_reponse
            )
    return Proposition(sans_reponse=sans_reponse)
