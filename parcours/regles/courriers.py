"""Rules of letters: merge fields, what a window may show, where the address stands. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches

# The merge fields a model may use, with what each gives. Nothing else is ever merged.
CHAMPS: Mapping[str, str] = {
    "civilite": "Madame ou Monsieur",
    "prenom": "prénom d’usage",
    "nom": "nom d’usage, sinon de naissance",
    "date": "date du courrier",
    "referent": "référent du jour",
    "structure": "structure qui suit la personne",
    "structure_adresse": "adresse de cette structure",
    "structure_telephone": "téléphone de cette structure",
    "rdv_date": "jour du prochain rendez-vous",
    "rdv_heure": "heure du prochain rendez-vous",
    "rdv_lieu": "lieu du prochain rendez-vous",
    "absence_date": "jour du dernier rendez-vous manqué",
    "orientation": "type d’orientation, dans les mots de la loi",
    "orientation_date": "jour de la décision d’orientation",
    "contrat_fin": "dernier jour du contrat en cours",
}
ABSENCES: Mapping[str, str] = {
    "referent": "aucun référent n’est désigné",
    "structure": "aucune structure ne la suit",
    "structure_adresse": "la structure n’a pas d’adresse dans l’annuaire",
    "structure_telephone": "la structure n’a pas de téléphone dans l’annuaire",
    "rdv_date": "aucun rendez-vous n’est prévu",
    "rdv_heure": "aucun rendez-vous n’est prévu",
    "rdv_lieu": "le prochain rendez-vous n’a pas de lieu",
    "absence_date": "aucun rendez-vous manqué",
    "orientation": "aucune orientation en cours",
    "orientation_date": "aucune orientation en cours",
    "contrat_fin": "aucun contrat en cours",
}
SANS_ADRESSE = "Aucune adresse postale n’est connue aujourd’hui."
_CHAMP = re.compile(r"\{([^{}]*)\}")
_ACCORD = re.compile(r"\{([^{}/]+)/([^{}/]+)\}")  # « {attendue/attendu} »: as the sex of the person, both when unknown
ACCORD = "accord"  # where `fusionner` reads that sex
# What the window of an envelope, or the visible third of a folded sheet, never says.
_INDISCRET = re.compile(r"\b(rsa|insertion|allocat\w*|bénéficiaire\w*|minima|solidarit\w*|social\w*)\b", re.IGNORECASE)

# The address, in millimetres from the top left corner of an A4 sheet: read through the window of a DL envelope
# (110 × 220, window 35 × 100 at 20 mm from the right and bottom edges) and of a C4 one, wherever the sheet slides.
ADRESSE_X, ADRESSE_Y, ADRESSE_LARGEUR, ADRESSE_HAUTEUR = 100, 55, 90, 24
# Nothing else is printed there: what either window may show, in all positions of the sheet.
FENETRE = (82, 23, 210, 100)
PLI = 105  # the first third, folded outwards: the object and the text begin under it
LIGNES_ADRESSE = 6


def champs_utilises(*textes: str) -> list[str]:
    """Return the names written between braces, in order, once each; a word given in both genders is no name."""
    sans = (_ACCORD.sub("", texte) for texte in textes)
    return list(dict.fromkeys(nom.strip() for texte in sans for nom in _CHAMP.findall(texte)))


def fautes_du_modele(*textes: str, champs: Mapping[str, str] = CHAMPS) -> list[str]:
    """Return the merge fields unknown to `champs`, each with the nearest known one."""
    fautes = []
    for nom in champs_utilises(*textes):
        if nom not in champs:
            proches = get_close_matches(nom, champs, 1, 0.5)
            suite = f" Vouliez-vous dire {{{proches[0]}}} ?" if proches else f" Permis : {', '.join(champs)}."
            fautes.append(f"Le champ {{{nom}}} n’existe pas.{suite}")
    return fautes


def champs_manquants(valeurs: Mapping[str, str], *textes: str) -> list[str]:
    """Return why a letter cannot be written: the fields it needs and that this person lacks, in words, once each."""
    manquants = [nom for nom in champs_utilises(*textes) if not valeurs.get(nom)]
    return list(dict.fromkeys(ABSENCES.get(nom, f"{CHAMPS.get(nom, nom)} : inconnu") for nom in manquants))


def fusionner(texte: str, valeurs: Mapping[str, str], champs: Mapping[str, str] = CHAMPS) -> str:
    """Return `texte` with its fields replaced; only those of `champs` are, values are never read again for fields.

    A word in both genders agrees with the person: `valeurs[ACCORD]` is F, H or empty.
    """
    texte = _ACCORD.sub(lambda m: _accorder(m[1].strip(), m[2].strip(), valeurs.get(ACCORD, "")), texte)
    return _CHAMP.sub(lambda m: valeurs.get(m[1].strip(), "") if m[1].strip() in champs else m[0], texte)


def _accorder(feminin: str, masculin: str, sexe: str) -> str:
    return {"F": feminin, "H": masculin}.get(sexe, f"{feminin} ou {masculin}")


def discret(texte: str) -> bool:
    """Return whether `texte` may show through a window: nothing about the benefit nor the insertion policy."""
    return not _INDISCRET.search(texte)


def lignes_adresse(qui: str, complement: str, lignes: str, code_postal: str, commune: str) -> list[str]:
    """Return the lines of an address, six at most, the last one in capitals; empty when it cannot be delivered."""
    rue = [ligne.strip() for ligne in lignes.splitlines() if ligne.strip()]
    ville = f"{code_postal} {commune.upper()}".strip()
    if (not rue and not complement) or not ville:
        return []
    milieu = [ligne for ligne in (complement.strip(), *rue) if ligne][: LIGNES_ADRESSE - 2]
    return [qui, *milieu, ville]
