"""French typography of texts that come from plain files."""

from __future__ import annotations

import re
from typing import Any

INSECABLE = "\u00a0"  # the interface's font has no narrow no-break space

_REGLES = (
    (re.compile(r"(?<=\w)'(?=\w)"), "’"),
    (re.compile(r"(?<=\w)'"), "’"),
    (re.compile(r"« ?"), f"«{INSECABLE}"),
    (re.compile(r" ?»"), f"{INSECABLE}»"),
    (re.compile(r" (?=[;:!?](?:\s|$))"), INSECABLE),
    (re.compile(r"(?<=\d) (?=[%€])"), INSECABLE),
    (re.compile(r"(?<=\d) (?=\d{3}(?!\d))"), INSECABLE),
    (re.compile(r"\.\.\."), "…"),
)


def typographier(texte: str) -> str:
    """Return `texte` with curly apostrophes, ellipses, and no-break spaces where French wants them. Idempotent."""
    for motif, remplacement in _REGLES:
        texte = motif.sub(remplacement, texte)
    return texte


def typographier_tout(valeur: Any) -> Any:
    """Apply `typographier` to every string of a JSON value (keys are left alone)."""
    if isinstance(valeur, str):
        return typographier(valeur)
    if isinstance(valeur, list):
        return [typographier_tout(v) for v in valeur]
    if isinstance(valeur, dict):
        return {cle: typographier_tout(v) for cle, v in valeur.items()}
    return valeur
