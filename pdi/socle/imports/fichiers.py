"""Reading of a file row by row: XLSX, ODS, CSV in whatever encoding and separator; nothing that could burst."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from pdi.socle.droits import RegleMetier
from pdi.socle.formats import taille_fichier
from pdi.socle.pieces import ARCHIVE_ABIMEE
from pdi.socle.typographie import cle_nom as cle

SEPARATEURS = {";": "point-virgule", ",": "virgule", "\t": "tabulation", "|": "barre verticale"}
COLONNES_MAX = 200
CELLULE_MAX = 5000
DEPLOYE_MAX = 300 * 1024 * 1024
LIGNES_D_AVANCE = 1000
PAQUET = 1 << 20
# XML allows either quote, and spaces around the sign; the readers take small letters too.
_EGALE = rb"""\s*=\s*["']"""
_LOIN_A_DROITE = re.compile(rb"\sr" + _EGALE + rb"([A-Za-z]{2,})\d")  # from column AA on: most sheets have none
_LOIN_EN_BAS = re.compile(rb"\sr" + _EGALE + rb"[A-Za-z]*(\d{6,})")  # from line 100 000 on
_RANGEES = re.compile(rb"number-rows-repeated" + _EGALE + rb"(\d+)")
_CELLULES = re.compile(rb"number-columns-repeated" + _EGALE + rb"(\d+)")
BOMBE = (
    "Ce fichier se déploie en plus de {taille} : il n’est pas ouvert. Enregistrez-le de nouveau depuis le tableur, "
    "sans les feuilles inutiles."
)


@dataclass
class FichierLu:
    """A file opened for reading. `description` says how it was read; `lignes` yields (line number, cells) once."""

    lignes: Iterator[tuple[int, list[Any]]]
    description: dict[str, str] = field(default_factory=dict)


def garder_de_la_bombe(contenu: bytes, *, maximum: int = DEPLOYE_MAX) -> None:
    """Raise RegleMetier when an archive unfolds beyond `maximum` bytes, counting what comes out, not what it says."""
    total = 0
    try:
        with zipfile.ZipFile(io.BytesIO(contenu)) as archive:
            for entree in archive.infolist():
                with archive.open(entree) as flux:
                    while morceau := flux.read(PAQUET):
                        total += len(morceau)
                        if total > maximum:
                            raise RegleMetier(BOMBE.format(taille=taille_fichier(maximum)), champ="fichier")
    except ARCHIVE_ABIMEE as erreur:
        raise RegleMetier("Ce classeur est abîmé : enregistrez-le de nouveau.", champ="fichier") from erreur


def garder_de_l_etendue(contenu: bytes) -> None:
    """Raise RegleMetier when a sheet claims an area out of proportion: readers reserve the whole of it at once."""
    with zipfile.ZipFile(io.BytesIO(contenu)) as archive:
        for nom in archive.namelist():
            if nom.startswith("xl/worksheets/") and nom.endswith(".xml"):
                lignes, colonnes = _etendue(archive.read(nom))
            elif nom == "content.xml":
                lignes, colonnes = _repetitions(archive.read(nom))
            else:
                continue
            if lignes > settings.LIGNES_MAX_IMPORT + LIGNES_D_AVANCE or colonnes > COLONNES_MAX:
                raise RegleMetier(
                    f"Une feuille s’étend sur {lignes} lignes et {colonnes} colonnes ; au plus "
                    f"{settings.LIGNES_MAX_IMPORT} et {COLONNES_MAX}. Supprimez les cellules perdues au loin.",
                    champ="fichier",
                )


def _etendue(xml: bytes) -> tuple[int, int]:
    """Return the last row and the last column that an XLSX sheet names far away; 0 when it stays near."""
    colonne = 0
    for lettre in max(set(_LOIN_A_DROITE.findall(xml)), key=lambda m: (len(m), m.upper()), default=b"").upper():
        colonne = colonne * 26 + lettre - 64
    return max(map(int, set(_LOIN_EN_BAS.findall(xml))), default=0), colonne


def _repetitions(xml: bytes) -> tuple[int, int]:
    """Return the longest run of filled rows and of filled cells that an ODS sheet repeats."""
    lignes = colonnes = 0
    for rangee in xml.split(b"<table:table-row")[1:]:
        if b"office:value" not in rangee and b"<text:" not in rangee:
            continue
        if trouve := _RANGEES.search(rangee[: rangee.find(b">")]):
            lignes = max(lignes, int(trouve[1]))
        for cellule in rangee.split(b"<table:table-cell")[1:]:
            repete = _CELLULES.search(cellule[: cellule.find(b">")])
            if repete and (b"office:value" in cellule or b"<text:" in cellule):
                colonnes = max(colonnes, int(repete[1]))
    return lignes, colonnes


def decoder(contenu: bytes) -> tuple[str, str]:
    """Return the text and the name of its encoding: UTF-8 when it is valid, else windows-1252 (every byte reads)."""
    try:
        return contenu.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError:
        return contenu.decode("cp1252", errors="replace"), "Windows-1252"


def separateur(texte: str) -> str:
    """Return the separator: the one that cuts the first filled lines into the most cells, alike from line to line."""
    debut = [ligne for ligne in texte[:20_000].splitlines() if ligne.strip()][:10]
    notes = {}
    for candidat in SEPARATEURS:
        comptes = [len(ligne) for ligne in csv.reader(debut, delimiter=candidat)] or [1]
        frequent = max(set(comptes), key=lambda n: (comptes.count(n) if n > 1 else 0, n))
        notes[candidat] = (comptes.count(frequent) if frequent > 1 else 0, frequent)
    return max(notes, key=lambda c: notes[c])


def _csv(contenu: bytes) -> FichierLu:
    texte, encodage = decoder(contenu)
    signe = separateur(texte)

    def lignes() -> Iterator[tuple[int, list[Any]]]:
        lecteur = csv.reader(io.StringIO(texte, newline=""), delimiter=signe)
        debut = 1
        try:
            for cellules in lecteur:
                yield debut, cellules
                debut = lecteur.line_num + 1
        except csv.Error as erreur:
            raise RegleMetier(
                f"Ligne {debut} : ce fichier CSV est mal formé, un guillemet n’est pas fermé."
            ) from erreur

    return FichierLu(lignes(), {"Encodage": encodage, "Séparateur": SEPARATEURS[signe]})


def _classeur(contenu: bytes, voulues: Sequence[str]) -> FichierLu:
    garder_de_la_bombe(contenu)
    garder_de_l_etendue(contenu)
    try:
        classeur = CalamineWorkbook.from_filelike(io.BytesIO(contenu))
        visibles = [
            m.name
            for m in classeur.sheets_metadata
            if m.visible == SheetVisibleEnum.Visible and m.typ == SheetTypeEnum.WorkSheet
        ]
        feuilles = [classeur.get_sheet_by_name(nom) for nom in visibles]
        remplies = [f for f in feuilles if f.height]
        nommees = [f for f in remplies if cle(f.name) in {cle(v) for v in voulues}]
        feuille = next(iter(nommees or remplies), None)
    except (CalamineError, ValueError) as erreur:
        raise RegleMetier("Ce classeur ne s’ouvre pas : est-il protégé par un mot de passe ?") from erreur
    if feuille is None:
        raise RegleMetier("Ce classeur n’a aucune ligne.")

    def lignes() -> Iterator[tuple[int, list[Any]]]:
        yield from enumerate(feuille.iter_rows(), start=1)

    autres = [nom for nom in visibles if nom != feuille.name]
    description = {"Feuille": feuille.name}
    if autres:
        description["Feuilles laissées"] = ", ".join(autres)
    return FichierLu(lignes(), description)


def _json(contenu: bytes, voulues: Sequence[str]) -> FichierLu:
    """Read a list of objects, or an object that holds one: the names of their fields are the headers."""
    try:
        document = json.loads(contenu.decode("utf-8-sig"))
    except json.JSONDecodeError as erreur:
        raise RegleMetier(f"Ligne {erreur.lineno}, colonne {erreur.colno} : ce fichier JSON est mal formé.") from erreur
    except (UnicodeDecodeError, RecursionError) as erreur:
        raise RegleMetier("Ce fichier JSON n’est pas lisible : il est attendu en UTF-8.") from erreur
    nom, objets = _liste_json(document, voulues)
    if not all(isinstance(o, dict) for o in objets):
        raise RegleMetier("Ce fichier JSON ne contient pas une liste d’objets.")
    entetes = list({champ: None for objet in objets for champ in objet})

    def lignes() -> Iterator[tuple[int, list[Any]]]:
        yield 1, list(entetes)
        for numero, objet in enumerate(objets, start=2):
            yield numero, [_cellule_json(objet.get(champ)) for champ in entetes]

    return FichierLu(lignes(), {"Liste": nom} if nom else {})


def _liste_json(document: Any, voulues: Sequence[str]) -> tuple[str, list[Any]]:
    if isinstance(document, list):
        return "", document
    listes = {nom: v for nom, v in document.items() if isinstance(v, list)} if isinstance(document, dict) else {}
    nommees = [nom for nom in listes if cle(nom) in {cle(v) for v in voulues}]
    choisie = next(iter(nommees), next((nom for nom in listes if not voulues), None))
    if choisie is None:
        attendu = " ou ".join(f"« {v.lower()} »" for v in voulues) or "une liste d’objets"
        raise RegleMetier(f"Ce fichier JSON n’a pas de liste {attendu}.")
    return choisie, listes[choisie]


def _cellule_json(valeur: Any) -> Any:
    if isinstance(valeur, list):
        return ", ".join(str(v) for v in valeur)
    if isinstance(valeur, dict):
        return json.dumps(valeur, ensure_ascii=False)
    return "" if valeur is None else valeur


def ouvrir(contenu: bytes, type_: str, feuilles: Sequence[str] = ()) -> FichierLu:
    """Open a file of `type_` (xlsx, ods, csv, json), at one of `feuilles` when it has several sheets or lists.

    Raises RegleMetier when it cannot be read, at once or on the way.
    """
    if type_ == "csv":
        lu = _csv(contenu)
    else:
        lu = _json(contenu, feuilles) if type_ == "json" else _classeur(contenu, feuilles)
    return FichierLu(_bornees(lu.lignes), lu.description)


def _bornees(lignes: Iterator[tuple[int, list[Any]]]) -> Iterator[tuple[int, list[Any]]]:
    """Leave the empty rows out; refuse what is out of all proportion."""
    nombre = 0
    for numero, cellules in lignes:
        if not any(c not in ("", None) and str(c).strip() for c in cellules):
            continue
        nombre += 1
        if nombre > settings.LIGNES_MAX_IMPORT + LIGNES_D_AVANCE:
            raise RegleMetier(f"Ce fichier a plus de {settings.LIGNES_MAX_IMPORT} lignes : partagez-le.")
        if len(cellules) > COLONNES_MAX:
            raise RegleMetier(f"Ligne {numero} : plus de {COLONNES_MAX} colonnes.")
        yield numero, cellules
