"""French typography of structured texts that come from plain files."""

from __future__ import annotations

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
