"""The tables of the steering page as files: the same figures, hidden alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from offre import calculs
from pdi.socle.exports import Colonne
from pdi.socle.masquage import MASQUE

from .gestion import CALCULS, GestionOffre

Tableau = tuple[str, tuple[Colonne, ...], list[dict[str, Any]]]


def _conventions(page: GestionOffre) -> Tableau:
    titres = [c.libelle for code in CALCULS if (c := calculs.trouver(code))]
    colonnes = [Colonne("Opérateur", "operateur", largeur=40), Colonne("Convention", "numero")]
    for titre in titres:
        colonnes += [
            Colonne(titre, titre, type="nombre"),
            Colonne(f"{titre}, dénominateur", f"{titre} /", type="nombre"),
        ]
    lignes = [
        {"operateur": x.convention.operateur.nom, "numero": x.convention.numero}
        | {t: MASQUE if m else c.valeur for t, c, m in zip(titres, x.chiffres, x.masques, strict=True)}
        | {f"{t} /": MASQUE if m else c.base for t, c, m in zip(titres, x.chiffres, x.masques, strict=True)}
        for x in page.conventions
    ]
    return "Occupation et coûts par convention", tuple(colonnes), lignes


def _territoires(page: GestionOffre) -> Tableau:
    colonnes = (
        Colonne("Territoire", "titre", largeur=30),
        Colonne("Prescriptions écrites", "p", type="nombre"), Colonne("Entrées", "e", type="nombre"),
        Colonne("Places", "places", type="nombre"),
    )  # fmt: skip
    lignes = [
        {"titre": x.titre, "p": _dit(x.prescriptions), "e": _dit(x.entrees), "places": x.places}
        for x in page.par_territoire
    ]
    return "Prescriptions et entrées par territoire", colonnes, lignes


def _origines(page: GestionOffre) -> Tableau:
    colonnes = (
        Colonne("Origine", "titre", largeur=30), Colonne("Prescriptions écrites", "p", type="nombre"),
    )  # fmt: skip
    lignes = [{"titre": x.titre, "p": _dit(x.prescriptions)} for x in page.par_origine]
    return "Prescriptions par origine", colonnes, lignes


def _jamais(page: GestionOffre) -> Tableau:
    colonnes = (Colonne("Offre", "offre", largeur=60), Colonne("Opérateurs", "operateurs", largeur=60))
    lignes = [{"offre": str(o), "operateurs": [str(s) for s in o.operateurs.all()]} for o in page.jamais]
    return "Offres jamais prescrites", colonnes, lignes


def _besoins(page: GestionOffre) -> Tableau:
    colonnes = [Colonne("Frein", "frein", largeur=30), Colonne("Offres", "offres", type="nombre")]
    for nom in page.colonnes_besoins:
        colonnes += [
            Colonne(f"{nom} : personnes", f"{nom} avec", type="nombre"),
            Colonne(f"{nom} : sans prescription", f"{nom} sans", type="nombre"),
        ]
    lignes = [
        {"frein": x.frein.libelle, "offres": x.offres}
        | {f"{n} avec": _dit(b.avec) for n, b in zip(page.colonnes_besoins, x.cellules, strict=True)}
        | {f"{n} sans": _dit(b.sans) for n, b in zip(page.colonnes_besoins, x.cellules, strict=True)}
        for x in page.besoins
    ]
    return "Besoins sans réponse", tuple(colonnes), lignes


def _occupation(page: GestionOffre) -> Tableau:
    colonnes = [Colonne("Opérateur", "operateur", largeur=40)]
    for nom in page.colonnes_occupation:
        colonnes += [
            Colonne(f"{nom} : places prises", f"{nom} prises", type="nombre"),
            Colonne(f"{nom} : places ouvertes", f"{nom} ouvertes", type="nombre"),
        ]
    lignes = [
        {"operateur": x.operateur}
        | {f"{c.colonne} prises": MASQUE if c.prises is None else c.prises for c in x.cellules}
        | {f"{c.colonne} ouvertes": c.capacite for c in x.cellules}
        for x in page.occupations
    ]
    return "Occupation des sessions par opérateur et territoire", tuple(colonnes), lignes


def _dit(compte: int | None) -> int | str:
    return MASQUE if compte is None else compte


TABLEAUX: dict[str, Callable[[GestionOffre], Tableau]] = {
    "territoires": _territoires, "origines": _origines, "jamais": _jamais, "besoins": _besoins,
    "occupation": _occupation,
}  # fmt: skip


def tableau_de(page: GestionOffre, nom: str) -> Tableau:
    """Return (title, columns, rows) of one of the tables; the conventions when the name is unknown."""
    return TABLEAUX.get(nom, _conventions)(page)
