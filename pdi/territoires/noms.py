"""How départements are named in a sentence."""

from __future__ import annotations

NOMS_DEPARTEMENTS = {
    "19": "Département de la Corrèze",
    "71": "Département de Saône-et-Loire",
    "78": "Département des Yvelines",
    "91": "Département de l’Essonne",
}


def nom_de_la_collectivite(code: str) -> str:
    """Return « Département de l’Essonne », « Département » for a code that is not written here."""
    return NOMS_DEPARTEMENTS.get(code, "Département")
