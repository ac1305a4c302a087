"""What a storey declares to have something imported: columns, references, keys, two set-based functions."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from django.conf import settings
from django.utils.module_loading import autodiscover_modules

from pdi.socle.droits import Verdict

from . import valeurs
from .valeurs import Lecture

if TYPE_CHECKING:
    from .controle import Travail

TypeChamp = Literal[
    "texte", "date", "telephone", "code_postal", "entier", "decimal", "booleen", "courriel", "choix", "reference"
]
TYPES_SQL: Mapping[str, str] = {"date": "date", "entier": "bigint", "decimal": "numeric", "booleen": "boolean"}
EN_MOTS: Mapping[str, str] = {
    "texte": "texte", "date": "date", "telephone": "téléphone", "code_postal": "code postal", "entier": "nombre entier",
    "decimal": "nombre", "booleen": "oui ou non", "courriel": "adresse électronique", "choix": "une valeur de la liste",
    "reference": "un nom connu de l’application",
}  # fmt: skip
MASQUE = "•••"
RESERVES = frozenset({"ligne_id", "numero", "designe", "cible", "changements", "etat"})


@dataclass(frozen=True)
class Reference:
    """A name looked up in the base, accents and case ignored.

    `sql` selects (cle, id, libelle) with `cle` in comparison form (`controle.cle_sql`); `type` is the SQL type of id.
    `inconnu` says that nothing bears this name. When not `bloquante`, an unknown name is kept with a remark. `ici` is a
    condition on id: of several that bear a name, or that look like it, those for which it holds come first. `proposer`:
    the nearest is proposed; not of identifiers made by a machine, whose neighbour is somebody else.
    """

    sql: str
    inconnu: str
    type: str = "bigint"
    bloquante: bool = True
    ici: str = "true"
    proposer: bool = True


@dataclass(frozen=True)
class Champ:
    """One column. `synonymes` are other headers; `choix` value: label; `passe`: a date that cannot be to come.

    With `lignes`, the line breaks of a text are kept: a list, one element a line.
    `lecteur` replaces the reader of the type. With `sceller`, the value is secret: it is never staged, shown nor
    repeated in a message; only what `sceller` returns (name: text) goes on.
    """

    code: str
    titre: str
    type: TypeChamp = "texte"
    requis: bool = False
    synonymes: tuple[str, ...] = ()
    aide: str = ""
    exemple: str = ""
    choix: Mapping[str, str] = field(default_factory=dict)
    mots: Mapping[str, str] = field(default_factory=dict)
    reference: Reference | None = None
    longueur: int = 250
    lignes: bool = False
    passe: bool = False
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    lecteur: Callable[[str], Lecture] | None = None
    sceller: Callable[[str], Mapping[str, str]] | None = None
    scelles: tuple[str, ...] = ()

    @property
    def secret(self) -> bool:
        """Return whether the value must never be read again."""
        return self.sceller is not None

    def lecteur_du(self, aujourd_hui: datetime.date) -> Callable[[str], Lecture]:
        """Return what reads the text of a cell, already stripped and not empty, on that day."""
        if self.lecteur is not None:
            return self.lecteur
        bornes: dict[str, Any] = {"minimum": self.minimum, "maximum": self.maximum}
        lecteurs: Mapping[str, Callable[[str], Lecture]] = {
            "date": partial(valeurs.lire_date, aujourd_hui=aujourd_hui, passe=self.passe),
            "telephone": valeurs.lire_telephone,
            "code_postal": partial(valeurs.lire_code_postal, departement=settings.DEPARTEMENT_CODE),
            "entier": partial(valeurs.lire_nombre, entier=True, **bornes),
            "decimal": partial(valeurs.lire_nombre, **bornes),
            "booleen": valeurs.lire_booleen,
            "courriel": valeurs.lire_courriel,
            "choix": partial(valeurs.lire_choix, choix=self.choix, synonymes=self.mots),
        }
        return lecteurs.get(self.type, partial(valeurs.lire_texte, longueur=self.longueur))

    def afficher(self, valeur: Any) -> str:
        """Return a value in normal form as one reads it."""
        if valeur in (None, ""):
            return ""
        if self.secret:
            return MASQUE
        texte = str(valeur)
        if self.type == "date":
            return valeurs.en_lettres(texte)
        if self.type == "booleen":
            return "oui" if texte == "true" else "non"
        if self.type == "decimal":
            return texte.replace(".", ",")
        return self.choix.get(texte, texte) if self.type == "choix" else texte

    @property
    def accepte(self) -> str:
        """Return what is accepted, in words."""
        if self.choix:
            return ", ".join(v for v in self.choix.values() if v)
        passe = ", passée" if self.passe else ""
        return f"{EN_MOTS[self.type]}{passe}"


@dataclass(frozen=True)
class Option:
    """A choice made with the file, off unless ticked: what the import may do beyond adding."""

    code: str
    titre: str
    aide: str = ""


@dataclass(frozen=True)
class Genre:
    """A kind of import.

    `cles`: how a row finds what it is about, in order, in words. `memes`: groups of columns; two rows of a file
    that agree on one whole group (all filled) are duplicates. `nommee`: columns that name a row on the screen.
    `controler(travail)` fills `cible`, `changements` and the anomalies; `appliquer(travail)` writes the ready rows;
    both by sets, on the table of `Travail`. `tables` are held against other writers meanwhile.
    `reprise` is the column that says, once a row is imported, that another of the file is about the same thing (when
    no group of `memes` can: the double is known by more than columns).
    `feuilles` are the sheets (or the lists of a JSON document) to read, when a file has several.
    `nommer` gives, for the identifiers proposed to choose from, (label, detail, URL).
    """

    code: str
    titre: str
    un: str
    plusieurs: str
    description: str
    champs: tuple[Champ, ...]
    cles: tuple[str, ...]
    nommee: tuple[str, ...]
    tables: tuple[str, ...]
    droit: Callable[[Any], Verdict]
    controler: Callable[[Travail], None]
    appliquer: Callable[[Travail], None]
    memes: tuple[tuple[str, ...], ...] = ()
    reprise: str = ""
    options: tuple[Option, ...] = ()
    ordre: int = 100
    feuilles: tuple[str, ...] = ()
    nommer: Callable[[Collection[int]], Mapping[int, tuple[str, str, str]]] | None = None

    def __post_init__(self) -> None:
        """Refuse a column that bears the name of one of the engine's."""
        if pris := RESERVES & {c.code for c in self.champs}:
            raise ValueError(f"{self.code} : ces noms de colonnes sont ceux du moteur : {', '.join(sorted(pris))}.")

    def champ(self, code: str) -> Champ:
        """Return a column by its code. Raises KeyError."""
        return self._par_code[code]

    @property
    def _par_code(self) -> dict[str, Champ]:
        return {c.code: c for c in self.champs}

    def titre_de(self, code: str) -> str:
        """Return the title of a column, « Ligne entière » for none."""
        trouve = self._par_code.get(code)
        return trouve.titre if trouve else "Ligne entière"


_genres: dict[str, Genre] = {}


def declarer(genre: Genre) -> Genre:
    """Add a kind. Raises ValueError when its code is taken by another."""
    connu = _genres.get(genre.code)
    if connu is not None and connu is not genre:
        raise ValueError(f"Le genre d’import « {genre.code} » est déjà déclaré.")
    _genres[genre.code] = genre
    return genre


def genres() -> list[Genre]:
    """Return every kind, in order."""
    return sorted(_genres.values(), key=lambda g: (g.ordre, g.titre))


def genre_de(code: str) -> Genre:
    """Return the kind of that code. Raises KeyError."""
    return _genres[code]


def genres_permis(utilisateur: Any) -> list[Genre]:
    """Return the kinds the user may import."""
    return [g for g in genres() if g.droit(utilisateur)]


def decouvrir() -> None:
    """Import the `imports` module of every installed storey."""
    autodiscover_modules("imports")
