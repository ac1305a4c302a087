"""What a view hands to the components: plain values, no HTML."""

from __future__ import annotations

import datetime
from dataclasses import dataclass


@dataclass(frozen=True)
class Affichage:
    """How a state is shown: a word, a tone, a pictogram."""

    libelle: str
    ton: str
    icone: str


@dataclass(frozen=True)
class Situation:
    """How something stands on a day, as lists and pages say it; `code` serves filters."""

    code: str
    libelle: str
    ton: str
    icone: str


@dataclass(frozen=True)
class Etape:
    """One step of a process: `etat` is « fait », « courant » or empty (to come)."""

    titre: str
    detail: str = ""
    etat: str = ""


@dataclass(frozen=True)
class Maillon:
    """One link of the chain fiche → offer → convention → prescription → result."""

    valeur: str
    texte: str
    domaine: str
    url: str = ""


@dataclass(frozen=True)
class Evenement:
    """One line of a timeline, newest first. `ton` or `domaine` gives the colour of its mark."""

    le: datetime.date
    titre: str
    texte: str = ""
    icone: str = ""
    ton: str = ""
    domaine: str = ""
    url: str = ""


@dataclass(frozen=True)
class Lien:
    """A link of a menu or of a breadcrumb; without `url`, the current page."""

    intitule: str
    url: str = ""


@dataclass(frozen=True)
class LienNavigation:
    """A link of the left navigation, with an optional count of what waits there."""

    intitule: str
    url: str
    courant: bool = False
    compte: int = 0
    ton: str = ""
    precision: str = ""


@dataclass(frozen=True)
class GroupeNavigation:
    """A storey of the left navigation."""

    titre: str
    domaine: str
    liens: list[LienNavigation]
