"""Lines of the catalogue without an account, and of the map."""

from __future__ import annotations

from typing import Any

from tests.fabriques_parcours import OffreFactory

from .table import Ligne, statuts


def preparer(m: Any) -> None:
    """One published offer, one draft."""
    m.offre_de_tous = OffreFactory.create(numero="6.3", intitule="Atelier ouvert")
    m.offre_cachee = OffreFactory.create(numero="6.4", etat="brouillon")


TOUS = "le catalogue publié est ouvert à tous"
MATRICE = [
    Ligne("offre:offres_publiques", statuts(200, anonyme=200), ouvert=TOUS),
    Ligne("offre:carte_publique", statuts(200, anonyme=200), ouvert=TOUS),
    Ligne("offre:offre_publique", statuts(200, anonyme=200),
          objet=lambda m: {"pk": m.offre_de_tous.pk, "titre": "atelier-ouvert"}),
    Ligne("offre:offre_publique", statuts(404, anonyme=404), objet=lambda m: {"pk": m.offre_cachee.pk},
          cas="brouillon"),
    Ligne("offre:carte", statuts(200)),
    Ligne("offre:carte_fond", statuts(200, anonyme=200), ouvert="le contour du département est public"),
]  # fmt: skip
