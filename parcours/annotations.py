"""What the storeys above ask to be read with a person, in the query that reads her: they cost no other query."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

ANNOTATIONS: dict[str, Callable[[], Any]] = {}  # name → expression on Personne, made when the person is read


def a_lire_avec() -> dict[str, Any]:
    """Return the expressions, for `annotate`."""
    return {nom: faire() for nom, faire in ANNOTATIONS.items()}
