"""Lines of the steering of the offer: figures, open to who reads the observatoire."""

from __future__ import annotations

from .table import Ligne, statuts

LIRE = statuts(403, gestion=200, encadrant=200, agent_orientation=200, direction=200)

MATRICE = [
    Ligne("parcours:gestion_offre", LIRE),
    Ligne("parcours:gestion_offre_export", LIRE, requete="?tableau=besoins"),
]
