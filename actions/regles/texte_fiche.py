"""Reading back the text of a rubric of a fiche, as `actions/versions.py` writes it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches

from pdi.socle.droits import RegleMetier

from .saisie import lire_nombre, verifier_taille

TIRET, ENSEMBLE = "– ", "ensemble"
_ETAPE = re.compile(r"^[-–—•*]\s*(.+)$")
_ANNEE = re.compile(r"^(.+?)\s+[-–—]\s+(\d{4}|ensemble)\s*:\s*(.*)$", re.IGNORECASE)
_ROLE = re.compile(r"^([^:]+?)\s*:\s*(.+)$")
ANNEES = range(1988, 2101)


@dataclass(frozen=True)
class Montant:
    """« Label – year : amount ». `annee` None: for the whole action; `valeur` None: not printed."""

    rang: int
    libelle: str
    annee: int | None
    valeur: Decimal | None


def lignes(texte: str) -> Iterator[tuple[int, str]]:
    """Yield (rank from 1, line) of the lines that say something, spaces made single."""
    for rang, ligne in enumerate(texte.splitlines(), 1):
        if propre := " ".join(ligne.replace("\u00a0", " ").split()):
            yield rang, propre


def faute(rang: int, message: str) -> RegleMetier:
    """Return the refusal of one line."""
    return RegleMetier(f"Ligne {rang}\u00a0: {message}", champ="apres")


def proche(mot: str, connus: list[str]) -> str:
    """Return « Vouliez-vous dire… », empty when nothing is near."""
    trouves = get_close_matches(mot, connus, 1, 0.5)
    return f" Vouliez-vous dire «\u00a0{trouves[0]}\u00a0»\u00a0?" if trouves else ""


def lire_objectifs(texte: str) -> tuple[list[str], list[tuple[int | None, str]]]:
    """Return the objectives, and the steps with the number of their objective (None: before the first one).

    A step begins with a dash; any other line is an objective, a number before it dropped.
    """
    objectifs: list[str] = []
    etapes: list[tuple[int | None, str]] = []
    for _rang, ligne in lignes(texte):
        if trouve := _ETAPE.match(ligne):
            etapes.append((len(objectifs) or None, trouve[1].strip()))
        else:
            objectifs.append(re.sub(r"^\d{1,2}[.)]\s+", "", ligne))
    return objectifs, etapes


def lire_montants(texte: str, *, exemple: str, vide_permis: bool) -> list[Montant]:
    """Return « label – year : amount » lines. Raises RegleMetier with the line and what is expected."""
    lus: list[Montant] = []
    for rang, ligne in lignes(texte):
        trouve = _ANNEE.match(ligne)
        if trouve is None:
            raise faute(rang, f"«\u00a0{ligne}\u00a0» ne se lit pas. Écrivez par exemple «\u00a0{exemple}\u00a0».")
        annee = None if trouve[2].lower() == ENSEMBLE else int(trouve[2])
        if annee is not None and annee not in ANNEES:
            raise faute(rang, f"{annee} n’est pas une année attendue, de {ANNEES[0]} à {ANNEES[-1]}.")
        lus.append(Montant(rang, trouve[1].strip(), annee, _valeur(rang, trouve[3], vide_permis=vide_permis)))
        if [(m.libelle, m.annee) for m in lus].count((lus[-1].libelle, annee)) > 1:
            raise faute(rang, f"«\u00a0{lus[-1].libelle}\u00a0» figure deux fois pour {annee or ENSEMBLE}.")
    return lus


def _valeur(rang: int, texte: str, *, vide_permis: bool) -> Decimal | None:
    if not texte.strip() and vide_permis:
        return None
    try:
        return lire_nombre(texte)
    except ValueError as erreur:
        raise faute(rang, str(erreur)) from erreur


def lire_pilotes(texte: str, roles: dict[str, str]) -> list[tuple[int, str, str]]:
    """Return (rank, code of the role, name of the structure). `roles`: {label in lower case: code}."""
    lus = []
    for rang, ligne in lignes(texte):
        trouve = _ROLE.match(ligne)
        code = roles.get(trouve[1].strip().lower()) if trouve else None
        if trouve is None or code is None:
            raise faute(rang, "écrivez «\u00a0Pilote\u00a0: nom\u00a0» ou «\u00a0Copilote\u00a0: nom\u00a0».")
        lus.append((rang, code, trouve[2].strip()))
    if not any(code == "pilote" for _, code, _ in lus):
        raise RegleMetier("Une fiche a au moins un pilote.", champ="apres")
    return lus


def lire_cout(texte: str) -> Decimal | None:
    """Return an amount in euros, None when empty."""
    if not texte.strip():
        return None
    try:
        valeur = lire_nombre(texte)
        verifier_taille(valeur, chiffres=14, decimales=2)
    except ValueError as erreur:
        raise RegleMetier(str(erreur), champ="apres") from erreur
    if valeur < 0:
        raise RegleMetier("Un coût ne peut pas être négatif.", champ="apres")
    return valeur
