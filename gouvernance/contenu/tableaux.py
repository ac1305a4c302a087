"""Chapters made of tables: one shape, one template, one sheet of the workbook a table, one drawing in Word.

A cell is a JSON value of the kind of its column: texts, integers, decimals as text, ISO dates. None is unknown. The
word of statistical secrecy may stand anywhere a count does: what it hides is not in the content.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NotRequired, TypedDict

from pdi.socle import formats
from pdi.socle.formats import typographier
from pdi.socle.masquage import MASQUE, SEUIL_PUBLIE

from .lecture import decimal_texte

GABARIT = "documents/rapport/tableaux.html"
GENRES_TEXTE, GENRES_A_GAUCHE = ("texte", "valeur"), ("texte", "date")
LARGEUR_COURTE = 16  # a text this short is not cut
SIGNES_PAR_LIGNE = 124  # of a table over the width of a page
MARGES, BESOIN_MAX = 2.5, 26  # of a short column, in signs
PEU_DE_COLONNES = 5  # a short column then has the width it asks for, even if its words take less
LIGNES_IMPRIMEES = 30  # a longer table is read in the workbook
SECRET_DIT = (
    f"« {MASQUE} » : secret statistique. Un effectif de moins de {SEUIL_PUBLIE} personnes n’est pas publié, ni ceux "
    "qui permettraient de le retrouver par différence."
)


class ColonneTableau(TypedDict):
    """A column. `genre`: texte, valeur (with its unit), entier, nombre, euros, pourcentage, date; `largeur`: signs."""

    titre: str
    genre: str
    largeur: int


class Tableau(TypedDict):
    """A table. `feuille` names its sheet, `vide` is said when it has no row.

    `groupe`: how many first columns say, once printed, what the rows under them share.
    """

    code: str
    titre: str
    feuille: str
    colonnes: list[ColonneTableau]
    lignes: list[list[Any]]
    total: list[Any] | None
    note: str
    vide: str
    groupe: NotRequired[int]


class ChiffreTableau(TypedDict):
    """A key figure above the tables. `sur`: what it is a part of, None when it is not; `detail` in words.

    `libelle` names it from one version to the next; `seul` is what is read when it counts none or one.
    """

    valeur: Any
    sur: Any
    genre: str
    libelle: str
    detail: str
    seul: NotRequired[str]


def colonne(titre: str, genre: str = "texte", largeur: int = 14) -> ColonneTableau:
    """Return a column."""
    return ColonneTableau(titre=titre, genre=genre, largeur=largeur)


def chiffre(
    valeur: Any, libelle: str, *, seul: str = "", sur: Any = None, genre: str = "entier", detail: str = ""
) -> ChiffreTableau:
    """Return a key figure."""
    lu = ChiffreTableau(
        valeur=_json(valeur), sur=_json(sur), genre=genre, libelle=typographier(libelle), detail=typographier(detail)
    )
    return lu | {"seul": typographier(seul)} if seul else lu


def dire_libelle(c: ChiffreTableau) -> str:
    """Return what a key figure counts, in the number of its value."""
    return c.get("seul", c["libelle"]) if c["valeur"] in (0, 1) else c["libelle"]


def tableau(
    code: str,
    titre: str,
    colonnes: Sequence[ColonneTableau],
    lignes: Iterable[Sequence[Any]],
    *,
    feuille: str = "",
    total: Sequence[Any] | None = None,
    note: str = "",
    vide: str = "",
    groupe: int = 0,
) -> Tableau:
    """Return a table of JSON values; dates and decimals are turned into text, texts get French typography."""
    lu = Tableau(
        code=code,
        titre=typographier(titre),
        feuille=feuille or titre,
        colonnes=list(colonnes),
        lignes=[[_json(v) for v in ligne] for ligne in lignes],
        total=None if total is None else [_json(v) for v in total],
        note=typographier(note),
        vide=typographier(vide),
    )
    return lu | {"groupe": groupe} if groupe else lu


def en_groupes(lu: Tableau, nombre: int = LIGNES_IMPRIMEES) -> tuple[Tableau, list[tuple[str, list[list[Any]]]]]:
    """Return the table without the columns that its rows share, and (what they share, rows) as far as it is printed."""
    rang = lu.get("groupe", 0)
    reste = lu | {"colonnes": lu["colonnes"][rang:], "lignes": [ligne[rang:] for ligne in lu["lignes"]]}
    groupes: list[tuple[str, list[list[Any]]]] = []
    for ligne in lu["lignes"][:nombre]:
        dits = [dire(v, c["genre"]) for v, c in zip(ligne[:rang], lu["colonnes"][:rang], strict=True)]
        partage = ", ".join(mot for mot in dits if mot != "–")
        if not groupes or groupes[-1][0] != partage:
            groupes.append((partage, []))
        groupes[-1][1].append(ligne[rang:])
    return reste, groupes


def donnees(
    chapeau: Sequence[str], tableaux: Sequence[Tableau], chiffres: Sequence[ChiffreTableau] = ()
) -> dict[str, Any]:
    """Return the data of a chapter: sentences, key figures, tables."""
    return {
        "chapeau": [typographier(p) for p in chapeau if p],
        "chiffres": list(chiffres),
        "tableaux": list(tableaux),
    }


def _json(valeur: Any) -> Any:
    if isinstance(valeur, datetime.date):
        return valeur.isoformat()
    if valeur is None or isinstance(valeur, bool | int):
        return valeur
    if isinstance(valeur, str):
        return valeur if valeur == MASQUE else typographier(valeur)
    return decimal_texte(valeur)


def tableaux_de(contenu: Mapping[str, Any]) -> list[tuple[str, Tableau]]:
    """Return every table of the chapters made of tables, with the title of its chapter."""
    return [(c["titre"], t) for c in contenu["chapitres"] for t in c["donnees"].get("tableaux", [])]


def dire(valeur: Any, genre: str) -> str:
    """Return a cell in French words, « – » when it is unknown."""
    if valeur is None or valeur == "":
        return "–"
    if valeur == MASQUE:
        return MASQUE
    if genre == "date":
        return formats.date_courte(datetime.date.fromisoformat(valeur))
    if genre == "euros":
        return formats.euros(valeur)
    if genre == "pourcentage":
        return formats.pourcentage(valeur)
    return str(valeur) if genre in GENRES_TEXTE else formats.nombre(valeur)


def parts(lu: Tableau) -> list[int]:
    """Return the share of each column in percent, even numbers: short ones keep their words, the others share."""
    courtes = {i: _besoin(lu, i) for i, c in enumerate(lu["colonnes"]) if c["largeur"] <= LARGEUR_COURTE}
    longues = {i: c["largeur"] for i, c in enumerate(lu["colonnes"]) if i not in courtes}
    if not longues:
        return [max(4, 2 * int(50 * besoin / sum(courtes.values()))) for besoin in courtes.values()]
    place = 100 - min(30, 12 * len(longues))  # what the short ones may take
    pris = {i: _part(besoin) for i, besoin in courtes.items()}
    if (voulu := sum(pris.values())) > place:
        pris = {i: max(4, 2 * (part * place // (2 * voulu))) for i, part in pris.items()}
    reste = max(100 - sum(pris.values()), 4 * len(longues))
    mots = {i: min(_part(_plus_long_mot(lu, i) + MARGES), 2 * (reste // (2 * len(longues)))) for i in longues}
    serrees = {i: mots[i] for i, c in longues.items() if reste * c / sum(longues.values()) < mots[i]}
    libres = {i: c for i, c in longues.items() if i not in serrees}
    reste -= sum(serrees.values())
    pris |= serrees | {i: max(4, 2 * int(reste * c / sum(libres.values()) / 2)) for i, c in libres.items()}
    return [pris[i] for i in range(len(lu["colonnes"]))]


def _part(signes: float) -> int:
    """Return the share that holds `signes`, in percent."""
    return 2 * math.ceil(50 * signes / SIGNES_PAR_LIGNE)


def _plus_long_mot(lu: Tableau, rang: int) -> int:
    """Return the signs of the longest word of a column, its title included."""
    genre = lu["colonnes"][rang]["genre"]
    textes = [lu["colonnes"][rang]["titre"], *(dire(x[rang], genre) for x in lu["lignes"][:LIGNES_IMPRIMEES])]
    return max(len(mot) for texte in textes for mot in texte.replace("-", "- ").split(" ") or [""])


def _besoin(lu: Tableau, rang: int) -> float:
    """Return the signs that a short column takes, margins included, so that neither a cell nor a word is cut."""
    c = lu["colonnes"][rang]
    lignes = [*lu["lignes"][:LIGNES_IMPRIMEES], *([lu["total"]] if lu["total"] else [])]
    cellule = max((len(dire(ligne[rang], c["genre"])) for ligne in lignes), default=0)
    titre = max(map(len, c["titre"].split()), default=0)
    au_large = c["largeur"] if len(lu["colonnes"]) <= PEU_DE_COLONNES else 0
    return min(max(1.1 * cellule + MARGES, titre + MARGES, au_large), BESOIN_MAX)


def taux(haut: int, bas: int) -> str | None:
    """Return a rate in percent with one decimal, None over nothing."""
    return decimal_texte(round(Decimal(100 * haut) / bas, 1)) if bas else None
