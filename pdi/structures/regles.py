"""Pure rules about structures: SIRET, comparison of names."""

from __future__ import annotations

import re
import unicodedata

LA_POSTE = "356000000"


def cle_nom(nom: str) -> str:
    """Return the comparison key of a name: no accent, no case, no punctuation, single spaces.

    « Pôle emploi », « Pole Emploi » and « Pôle-emploi » share one key.
    """
    plat = unicodedata.normalize("NFKD", nom.replace("œ", "oe").replace("Œ", "oe"))
    sans_accent = "".join(c for c in plat if not unicodedata.combining(c)).casefold()
    return " ".join(re.sub(r"[^0-9a-z]+", " ", sans_accent).split())


def luhn(chiffres: str) -> bool:
    """Return whether the digits satisfy Luhn's formula."""
    total = 0
    for rang, chiffre in enumerate(reversed(chiffres)):
        valeur = int(chiffre) * (2 if rang % 2 else 1)
        total += valeur - 9 if valeur > 9 else valeur
    return total % 10 == 0


def siret_valide(siret: str) -> bool:
    """Return whether `siret` has 14 digits and a right key (La Poste's establishments sum to a multiple of 5).

    Source: INSEE, SIRENE.
    """
    if not re.fullmatch(r"\d{14}", siret):
        return False
    if siret.startswith(LA_POSTE) and siret != LA_POSTE + "00048":
        return sum(map(int, siret)) % 5 == 0
    return luhn(siret)
