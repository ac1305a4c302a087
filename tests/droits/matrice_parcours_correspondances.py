"""Lines of the offers that fit a person: for those who follow her."""

from __future__ import annotations

from tests.droits.matrice_parcours_personnes import autre, personne

from .table import Ligne, statuts

MATRICE = [
    Ligne(
        "parcours:offres_adaptees", objet=personne, cas="portefeuille, adressée",
        attendus=statuts(403, encadrant=200, referent=200, agent_orientation=200),
    ),
    Ligne(
        "parcours:offres_adaptees", objet=autre, cas="autre",
        attendus=statuts(403, encadrant=200, referent=404, agent_orientation=200, prestataire=404),
    ),
]  # fmt: skip
