"""Lines of the statistics about people: figures for those who steer, people for those who follow them."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from .table import Ligne, statuts

LECTURE = statuts(403, gestion=200, encadrant=200, agent_orientation=200, direction=200)
NOMINATIF = statuts(403, administrateur=200, encadrant=200, agent_orientation=200)
GESTION = statuts(403, gestion=302)


def indicateur(_m: Any) -> dict[str, Any]:
    return {"code": "taux_orientation"}


def annee(_m: Any) -> dict[str, Any]:
    return {"annee": timezone.localdate().year - 1}


MATRICE = [
    Ligne("parcours:observatoire", LECTURE),
    Ligne("parcours:indicateur_parcours", LECTURE, objet=indicateur),
    Ligne("parcours:indicateur_personnes", NOMINATIF, objet=indicateur),
    Ligne("parcours:indicateur_personnes_export", NOMINATIF, objet=indicateur),
    Ligne("parcours:indicateurs_compiler", GESTION, methode="POST", donnees=annee),
    Ligne("parcours:indicateurs_geler", GESTION, methode="POST", donnees=annee),
    Ligne("parcours:oarsa", LECTURE),
    Ligne("parcours:oarsa_export", LECTURE),
    Ligne("parcours:oarsa_corrections", NOMINATIF, objet=lambda _m: {"code": "sexe"}),
    Ligne("parcours:oarsa_corrections_export", NOMINATIF, objet=lambda _m: {"code": "toutes"}),
]
