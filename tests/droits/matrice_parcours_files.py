"""Lines of work queues: each role opens the queues it works; figures-only roles, none."""

from __future__ import annotations

from typing import Any

from .table import Ligne, statuts

TOUS = statuts(403, administrateur=200, encadrant=200, referent=200, agent_orientation=200, prestataire=200)
REPONSES = statuts(403, administrateur=200, encadrant=200, referent=200, prestataire=200)
ORIENTER = statuts(403, administrateur=200, encadrant=200, agent_orientation=200)
CONTROLES = statuts(403, administrateur=200, encadrant=200, agent_orientation=200, referent=200)


def file(code: str) -> Any:
    return lambda _m: {"code": code}


MATRICE = [
    Ligne("parcours:files", TOUS),
    Ligne("parcours:file", ORIENTER, objet=file("a_orienter"), cas="à orienter"),
    Ligne("parcours:file", REPONSES, objet=file("prescription"), cas="prescription"),
    Ligne("parcours:file_traiter", ORIENTER, objet=file("a_orienter")),
    Ligne("parcours:file_export", ORIENTER, objet=file("a_orienter"), cas="à orienter"),
    Ligne(
        "parcours:file_export", statuts(403, administrateur=200, encadrant=200, referent=200),
        objet=file("prescription"), cas="jamais un prestataire",
    ),
    Ligne("parcours:controles", CONTROLES),
    Ligne("parcours:controle", CONTROLES, objet=file("doublon")),
    Ligne("parcours:controle_export", CONTROLES, objet=file("doublon")),
]  # fmt: skip
