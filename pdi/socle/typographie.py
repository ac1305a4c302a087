"""French typography of structured texts that come from plain files; comparison form of names."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from .formats import typographier


def typographier_tout(valeur: Any) -> Any:
    """Apply `typographier` to every string of a JSON value (keys are left alone)."""
    if isinstance(valeur, str):
        return typographier(valeur)
    if isinstance(valeur, list):
        return [typographier_tout(v) for v in valeur]
    if isinstance(valeur, dict):
        return {cle: typographier_tout(v) for cle, v in valeur.items()}
    return valeur


def cle_nom(nom: str) -> str:
    """Return the comparison key of a name: no accent, no case, no punctuation, single spaces.

    « Pôle emploi », « Pole Emploi » and « Pôle-emploi » share one key.
    """
    plat = nom
    if not nom.isascii():
        decompose = unicodedata.normalize("NFKD", nom.replace("œ", "oe").replace("Œ", "oe"))
        plat = "".join(c for c in decompose if not unicodedata.combining(c))
    sans_accent = plat.casefold()
    return " ".join(re.sub(r"[^0-9a-z]+", " ", sans_accent).split())
