"""What changes between two contents in the chapters made of tables. Pure.

A row is known by its first cells, as many as it takes to tell it from the others: its other cells are compared one by
one. Where rows cannot be told apart, whole rows come and go.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gouvernance.contenu.tableaux import ChiffreTableau, ColonneTableau, Tableau, dire

SIGNES_CITES = 400


@dataclass(frozen=True)
class Changement:
    """One difference between two contents. `genre`: a key of GENRES; `fiche`: its number, or the title of a table."""

    genre: str
    fiche: str
    objet: str
    avant: str
    apres: str


def comparer_tableaux(ancien: Mapping[str, Any], nouveau: Mapping[str, Any]) -> list[Changement]:
    """Return what differs in the tables and the key figures of each chapter, in the order of the new document."""
    avant, apres = _chapitres(ancien), _chapitres(nouveau)
    changements = [
        Changement("chapitre", titre, "Chapitre", "dans le rapport", "retiré")
        for code, (titre, _donnees) in avant.items()
        if code not in apres
    ]
    for code, (titre, donnees) in apres.items():
        if code not in avant:
            changements.append(Changement("chapitre", titre, "Chapitre", "absent", "ajouté"))
            continue
        vieux = avant[code][1]
        changements += _chiffres(titre, vieux["chiffres"], donnees["chiffres"])
        tables = {t["code"]: t for t in vieux["tableaux"]}
        for table in donnees["tableaux"]:
            vieille = tables.pop(table["code"], None)
            if vieille is None:
                changements.append(Changement("chapitre", titre, table["titre"], "absent", "ajouté"))
            else:
                changements += _lignes(titre, vieille, table)
        changements += [Changement("chapitre", titre, t["titre"], "dans le rapport", "retiré") for t in tables.values()]
    return changements


def _chapitres(contenu: Mapping[str, Any]) -> dict[str, tuple[str, Mapping[str, Any]]]:
    """Return {code: (title, data)} of the chapters made of tables."""
    return {c["code"]: (c["titre"], c["donnees"]) for c in contenu["chapitres"] if "tableaux" in c["donnees"]}


def _chiffres(titre: str, avant: Sequence[ChiffreTableau], apres: Sequence[ChiffreTableau]) -> list[Changement]:
    anciens = {c["libelle"]: _dire_chiffre(c) for c in avant}
    nouveaux = {c["libelle"]: _dire_chiffre(c) for c in apres}
    return [
        Changement("chapitre", titre, libelle, anciens.get(libelle, ""), nouveaux.get(libelle, ""))
        for libelle in dict.fromkeys([*anciens, *nouveaux])
        if anciens.get(libelle) != nouveaux.get(libelle)
    ]


def _dire_chiffre(c: ChiffreTableau) -> str:
    sur = f" sur {dire(c['sur'], c['genre'])}" if c["sur"] is not None else ""
    return f"{dire(c['valeur'], c['genre'])}{sur}"


def _lignes(titre: str, avant: Tableau, apres: Tableau) -> list[Changement]:
    """Return the rows that came, went or changed."""
    if [c["titre"] for c in avant["colonnes"]] != [c["titre"] for c in apres["colonnes"]]:
        return [Changement("chapitre", titre, apres["titre"], "d’autres colonnes", "refait")]
    colonnes = apres["colonnes"]
    anciennes = [_en_mots(ligne, colonnes) for ligne in avant["lignes"]]
    nouvelles = [_en_mots(ligne, colonnes) for ligne in apres["lignes"]]
    combien = _cellules_qui_distinguent(anciennes, nouvelles, len(colonnes))
    if combien == len(colonnes):
        return _entieres(titre, apres["titre"], anciennes, nouvelles)
    changements = []
    connues = {ligne[:combien]: ligne for ligne in anciennes}
    for ligne in nouvelles:
        objet = f"{apres['titre']}\u00a0: {' – '.join(ligne[:combien])}"
        vieille = connues.pop(ligne[:combien], None)
        if vieille is None:
            changements.append(Changement("chapitre", titre, objet, "absente", _citer(ligne[combien:])))
            continue
        changements += [
            Changement("chapitre", titre, f"{objet} ({colonne['titre']})", a, b)
            for colonne, a, b in zip(colonnes, vieille, ligne, strict=True)
            if a != b
        ]
    return changements + [
        Changement("chapitre", titre, f"{apres['titre']}\u00a0: {' – '.join(cle)}", _citer(ligne[combien:]), "retirée")
        for cle, ligne in connues.items()
    ]


def _entieres(
    titre: str, table: str, anciennes: list[tuple[str, ...]], nouvelles: list[tuple[str, ...]]
) -> list[Changement]:
    venues, parties = Counter(nouvelles) - Counter(anciennes), Counter(anciennes) - Counter(nouvelles)
    return [Changement("chapitre", titre, table, "", _citer(ligne)) for ligne in venues.elements()] + [
        Changement("chapitre", titre, table, _citer(ligne), "retirée") for ligne in parties.elements()
    ]


def _en_mots(ligne: Sequence[Any], colonnes: Sequence[ColonneTableau]) -> tuple[str, ...]:
    return tuple(dire(v, c["genre"]) for v, c in zip(ligne, colonnes, strict=True))


def _cellules_qui_distinguent(anciennes: list[tuple[str, ...]], nouvelles: list[tuple[str, ...]], largeur: int) -> int:
    """Return how many first cells tell every row from the others, `largeur` when none does."""
    for combien in range(1, largeur):
        if all(len({x[:combien] for x in lignes}) == len(lignes) for lignes in (anciennes, nouvelles)):
            return combien
    return largeur


def _citer(cellules: Sequence[str]) -> str:
    return " ; ".join(c for c in cellules if c != "–")[:SIGNES_CITES] or "–"
