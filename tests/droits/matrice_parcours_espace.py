"""Lines of the space of an operator: those who answer for one."""

from __future__ import annotations

from .table import Ligne, statuts

MATRICE = [Ligne("parcours:espace", statuts(403, prestataire=200))]
