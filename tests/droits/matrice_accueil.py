"""Lines of the roof: home, search, public pages."""

from __future__ import annotations

from .table import Ligne, statuts

TOUS = statuts(200, anonyme=200)

MATRICE = [
    Ligne("accueil:accueil", statuts(200)),
    Ligne("accueil:recherche", statuts(200), requete="?q=orienter"),
    Ligne("accueil:accessibilite", TOUS),
    Ligne("accueil:donnees_personnelles", TOUS),
    Ligne("accueil:aide", TOUS),
    Ligne("accueil:robots", TOUS),
    Ligne("accueil:plan_du_site", TOUS),
    # No worker runs during this test: the health page says so, to everybody alike.
    Ligne("accueil:sante", statuts(503, anonyme=503)),
]
