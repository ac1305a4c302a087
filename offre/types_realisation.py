"""The kinds of realisation shipped with the application, read once: their indicators are declared at start-up."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from django.conf import settings

from offre.regles.realisations import IndicateurType, lire_indicateurs
from pdi.socle.typographie import typographier_tout

FICHIER = "fixtures/offre/types-realisation.json"


@lru_cache(maxsize=1)
def types_livres() -> list[dict[str, Any]]:
    """Return the kinds of the fixture, in the order of the file."""
    lus: list[dict[str, Any]] = typographier_tout(json.loads((settings.RACINE / FICHIER).read_text(encoding="utf-8")))
    return lus


def indicateurs_livres() -> list[tuple[dict[str, Any], IndicateurType]]:
    """Return every indicator of the kinds shipped, with its kind."""
    return [(genre, i) for genre in types_livres() for i in lire_indicateurs(genre["indicateurs"])]
