"""Export of 20 000 published offers as data·inclusion v1 (each record valid), as open data; a page of the API.

Baselines of the same run: reading the same offers with their relations, writing nothing; a bare authenticated view.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.cache import cache
from django.test import Client

from offre.echanges import donnees_ouvertes
from offre.echanges.export import PAQUET, empreinte_catalogue, morceaux_json, offres_publiees

from .mesures_catalogue import OFFRES, _garnir
from .mesures_parcours import Action
from .registre import mesure


def _epuiser(morceaux: Any) -> int:
    return sum(len(m) for m in morceaux)


def _lire() -> int:
    return sum(len(o.operateurs.all()) + len(o.lieux.all()) for o in offres_publiees().iterator(chunk_size=PAQUET))


@mesure("export_data_inclusion", taille=OFFRES, reference="offres_lues", tours=1)
def export_data_inclusion() -> Iterator[Action]:
    """Make the JSON document, each record checked against the schema."""
    _garnir(OFFRES)
    yield lambda: _epuiser(morceaux_json())
    yield _lire


@mesure("export_donnees_ouvertes", taille=OFFRES, reference="offres_lues", tours=1)
def export_donnees_ouvertes() -> Iterator[Action]:
    """Make the open-data file."""
    _garnir(OFFRES)
    yield lambda: _epuiser(donnees_ouvertes.lignes())
    yield _lire


@mesure("empreinte_catalogue", taille=OFFRES, reference="offres_lues", tours=3)
def empreinte() -> Iterator[Action]:
    """Find out that nothing has changed: what a reader who comes back costs."""
    _garnir(OFFRES)
    yield empreinte_catalogue
    yield _lire


@mesure("api_page", taille=OFFRES)
def api_page() -> Iterator[Action]:
    """Answer a page of fifty offers in the middle of the list."""
    _garnir(OFFRES)
    cache.clear()
    client = Client()
    yield lambda: client.get("/api/v1/offres", {"apres": "10000", "frein": "mobilite"}).content
