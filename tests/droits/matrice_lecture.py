"""Lines of the reading screens: programmes, fiches, indicators, attachments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.fabriques import PieceFactory

from .monde import Monde
from .table import Ligne, statuts

AGENTS = statuts(200, partenaires=404)
RESTREINT = statuts(404, gestion=200)
TOUS = "chaque rôle a une raison de le lire : agent, signataire du programme ou acteur de la fiche"


def preparer(m: Any) -> None:
    """Attachments of an open fiche and of a restricted one."""
    auteur = m.qui("charge_programme")
    m.piece = PieceFactory.create(fiche=m.fiche, deposee_par=auteur)
    m.piece_restreinte = PieceFactory.create(fiche=m.fiche_restreinte, deposee_par=auteur)


def code(nom: str) -> Callable[[Monde], dict[str, Any]]:
    return lambda m: {"code": getattr(m, nom).code}


def pk(nom: str) -> Callable[[Monde], dict[str, Any]]:
    return lambda m: {"pk": getattr(m, nom).pk}


MATRICE = [
    Ligne("actions:programmes", statuts(200)),
    Ligne("actions:programme", statuts(200), objet=code("programme"), ouvert=TOUS),
    *(
        Ligne("actions:programme", statuts(200), objet=code("programme"), requete=f"?vue={vue}", cas=vue, ouvert=TOUS)
        for vue in ("bilans", "financement", "cadres", "document")
    ),
    Ligne("actions:programme", AGENTS, objet=code("autre_programme"), cas="autre programme"),
    Ligne("actions:programme", AGENTS, objet=code("reference"), cas="référence"),
    Ligne("actions:programme", statuts(404), objet=lambda m: {"code": "inconnu"}, cas="inconnu"),
    Ligne("actions:programme_export", statuts(200), objet=code("programme"), ouvert=TOUS),
    Ligne("actions:programme_export", AGENTS, objet=code("autre_programme"), cas="autre programme"),
    Ligne("actions:fiches", statuts(200)),
    Ligne("actions:fiches", statuts(200), requete="?q=acc&retard=on&tri=-fin", cas="filtrée"),
    Ligne("actions:fiches_export", statuts(200)),
    Ligne("actions:fiches_export", statuts(200), requete="?format=csv", cas="CSV"),
    Ligne("actions:fiche", statuts(200), objet=pk("fiche"), ouvert=TOUS),
    Ligne("actions:fiche", RESTREINT, objet=pk("fiche_restreinte"), cas="restreinte"),
    Ligne("actions:fiche", AGENTS, objet=pk("autre_fiche"), cas="autre programme"),
    Ligne("actions:fiche", AGENTS, objet=pk("fiche_reference"), cas="référence"),
    Ligne("actions:fiche_historique", statuts(200, partenaires=403), objet=pk("fiche")),
    Ligne("actions:fiche_historique_export", statuts(200, partenaires=403), objet=pk("fiche")),
    Ligne("actions:fiche_historique_export", RESTREINT, objet=pk("fiche_restreinte"), cas="restreinte"),
    Ligne("actions:fiche_historique", RESTREINT, objet=pk("fiche_restreinte"), cas="restreinte"),
    Ligne("actions:piece", statuts(200), objet=pk("piece"), ouvert=TOUS),
    Ligne("actions:piece", RESTREINT, objet=pk("piece_restreinte"), cas="fiche restreinte"),
    Ligne("actions:indicateurs", statuts(200)),
    Ligne("actions:indicateurs", statuts(200), requete="?valeur=non&cible=sans&retard=on", cas="filtrée"),
    Ligne("actions:indicateurs_export", statuts(200)),
    Ligne("actions:indicateur", statuts(200), objet=pk("indicateur"), ouvert=TOUS),
    Ligne("actions:indicateur", RESTREINT, objet=pk("indicateur_restreint"), cas="fiche restreinte"),
]
