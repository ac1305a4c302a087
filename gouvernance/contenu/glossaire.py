"""The glossary: of the département's acronyms, only those the text of the report employs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.conf import settings

from pdi.socle.formats import typographier

from .formes import ChapitreContenu
from .lecture import Matiere

FICHIER = "glossaire.json"


@cache
def termes() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Return (acronym, meaning, départements) of the reference glossary, in alphabetical order."""
    lu = json.loads((settings.RACINE / "fixtures" / FICHIER).read_text(encoding="utf-8"))
    return tuple((t["sigle"], t["libelle"], tuple(t["departements"])) for t in lu)


def textes(valeur: Any) -> Iterator[str]:
    """Yield every text of a JSON value."""
    if isinstance(valeur, str):
        yield valeur
    elif isinstance(valeur, list):
        for element in valeur:
            yield from textes(element)
    elif isinstance(valeur, dict):
        for element in valeur.values():
            yield from textes(element)


def rassembler_glossaire(matiere: Matiere, avant: list[ChapitreContenu]) -> dict[str, Any] | None:
    """Return the acronyms found as whole words, with the meaning the programme's own département gives them first."""
    texte = "\n".join(textes([c["donnees"] for c in avant]))
    mots = set(re.findall(r"[\w&]+(?:[-’][\w]+)*", texte)) | set(re.findall(r"\w+", texte))
    departement = matiere.programme.departement.code
    retenus: dict[str, str] = {}
    for sigle, libelle, departements in termes():
        present = sigle in mots or (" " in sigle and re.search(rf"(?<!\w){re.escape(sigle)}(?!\w)", texte))
        if present and (sigle not in retenus or departement in departements):
            retenus[sigle] = typographier(libelle)
    if not retenus:
        return None
    return {"termes": [{"sigle": s, "libelle": retenus[s]} for s in sorted(retenus, key=str.casefold)]}
