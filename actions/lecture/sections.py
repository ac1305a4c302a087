"""The sections of a fiche in the order and the words of its layout. An empty one is said, never hidden."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from actions.models import FicheAction, RubriqueFiche, SectionGabarit, TypeRole

R = RubriqueFiche
# Short sections: neighbours are set together as a notice, in their order.
COURTES: Mapping[str, str] = {
    R.PUBLICS: "public",
    R.TERRITOIRES: "public",
    R.PILOTAGE: "acteurs",
    R.PARTENAIRES_INTERNES: "acteurs",
    R.PARTENAIRES_EXTERNES: "acteurs",
    R.MISE_EN_OEUVRE: "acteurs",
    R.CALENDRIER: "calendrier",
    R.CONTRACTUALISATION: "cadres",
    R.PERIODICITE: "évaluation",
}
ROLES_DE_RUBRIQUE: Mapping[str, tuple[str, ...]] = {
    R.PILOTAGE: (TypeRole.PILOTE, TypeRole.COPILOTE),
    R.PARTENAIRES_INTERNES: (TypeRole.PARTENAIRE_INTERNE,),
    R.PARTENAIRES_EXTERNES: (TypeRole.PARTENAIRE_EXTERNE,),
    R.MISE_EN_OEUVRE: (TypeRole.MISE_EN_OEUVRE_INTERNE, TypeRole.MISE_EN_OEUVRE_EXTERNE),
}
LISTES: Mapping[str, str] = {
    R.OBJECTIFS_GENERAUX: "objectifs_generaux",
    R.PUBLICS: "publics",
    R.TERRITOIRES: "territoires",
    R.CONDITIONS: "conditions_reussite",
}


@dataclass(frozen=True)
class Section:
    """One section. `roles`: [(type, rows)] for actors; `textes`: sentences; `vide`: nothing is printed."""

    rubrique: str
    libelle: str
    vide: bool
    textes: list[str] = field(default_factory=list)
    roles: list[tuple[str, list[Any]]] = field(default_factory=list)
    ajoutee: bool = False

    @property
    def courte(self) -> bool:
        """Return whether it is set in a notice."""
        return self.rubrique in COURTES


@dataclass(frozen=True)
class Bloc:
    """A heading of the page: one long section, or neighbouring short ones."""

    ancre: str
    titre: str
    sections: list[Section]

    @property
    def notice(self) -> bool:
        """Return whether it holds short sections."""
        return self.sections[0].courte

    @property
    def rubrique(self) -> str:
        """Return the section of a long block."""
        return self.sections[0].rubrique


def remplie(fiche: FicheAction, rubrique: str) -> bool:
    """Return whether the fiche holds something for that section. Reads prefetched relations only."""
    if rubrique in LISTES:
        return bool(getattr(fiche, LISTES[rubrique]))
    if rubrique in ROLES_DE_RUBRIQUE:
        return any(r.type in ROLES_DE_RUBRIQUE[rubrique] for r in fiche.roles.all())
    return {
        R.CONTEXTE: lambda: bool(fiche.contexte),
        R.OBJECTIFS: lambda: bool(fiche.objectifs.all() or fiche.etapes.all()),
        R.CALENDRIER: lambda: bool(fiche.calendrier_texte or fiche.debut or fiche.fin or fiche.permanente),
        R.CONTRACTUALISATION: lambda: bool(fiche.cadres.all()),
        R.FINANCEMENT: lambda: bool(fiche.financements.all()) or fiche.cout_total is not None,
        R.RESULTATS: lambda: bool(fiche.resultats_attendus.all()),
        R.INDICATEURS: lambda: bool(fiche.indicateurs.all()),
        R.PERIODICITE: lambda: bool(fiche.periodicite_evaluation or fiche.periodicite_texte),
        R.BILAN: lambda: bool(fiche.bilans.all()),
    }[R(rubrique)]()


def rubriques_remplies(fiche: FicheAction) -> set[str]:
    """Return the sections that hold something."""
    return {rubrique for rubrique in R.values if remplie(fiche, rubrique)}


def _section(fiche: FicheAction, rubrique: str, libelle: str, *, ajoutee: bool = False) -> Section:
    types = ROLES_DE_RUBRIQUE.get(rubrique, ())
    roles = [(TypeRole(t).label, [r for r in fiche.roles.all() if r.type == t]) for t in types]
    return Section(
        rubrique=rubrique,
        libelle=libelle,
        vide=not remplie(fiche, rubrique),
        textes=list(getattr(fiche, LISTES[rubrique])) if rubrique in LISTES else [],
        roles=[(nom, lignes) for nom, lignes in roles if lignes],
        ajoutee=ajoutee,
    )


def sections_de(fiche: FicheAction, gabarit: Iterable[SectionGabarit]) -> list[Section]:
    """Return the sections of the layout, then those it does not have but that hold something."""
    prevues = [(s.rubrique, s.libelle) for s in gabarit]
    connues = {rubrique for rubrique, _ in prevues}
    sections = [_section(fiche, rubrique, libelle) for rubrique, libelle in prevues]
    return sections + [
        _section(fiche, rubrique, R(rubrique).label, ajoutee=True)
        for rubrique in R.values
        if rubrique not in connues and remplie(fiche, rubrique)
    ]


def _titre(sections: list[Section]) -> str:
    if len(sections) == 1:
        return sections[0].libelle
    mots = list(dict.fromkeys(COURTES[s.rubrique] for s in sections))
    phrase = f"{', '.join(mots[:-1])} et {mots[-1]}" if len(mots) > 1 else mots[0]
    return phrase[:1].upper() + phrase[1:]


def en_blocs(sections: Iterable[Section]) -> list[Bloc]:
    """Return the headings of the page: neighbouring short sections share one."""
    blocs: list[list[Section]] = []
    for section in sections:
        if section.courte and blocs and blocs[-1][0].courte:
            blocs[-1].append(section)
        else:
            blocs.append([section])
    return [Bloc(b[0].rubrique.replace("_", "-"), _titre(b), b) for b in blocs]


def indicateurs_en_tete(blocs: Sequence[Bloc]) -> list[Bloc]:
    """Return the headings with the indicators first, whatever place the layout gives them: they are read first."""
    return sorted(blocs, key=lambda b: b.rubrique != R.INDICATEURS)
