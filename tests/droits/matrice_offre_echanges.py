"""Lines of the exchanges and of the API: the published catalogue is for all, keys for administrators."""

from __future__ import annotations

from typing import Any

from offre.models import JetonApi
from pdi.comptes.models import Role

from .monde import Monde
from .table import Ligne, statuts

PUBLIC = statuts(200, anonyme=200)
OUVERT = "le catalogue publié ne contient aucune donnée personnelle"
GESTION = statuts(403, gestion=200)
LIT = statuts(403, administrateur=200)


def preparer(m: Any) -> None:
    """A key of the API."""
    m.jeton_api = JetonApi.objects.create(
        nom="Site d’une ville", debut="pdi_abcdef", empreinte="0" * 64, cree_par=m.qui(Role.ADMINISTRATEUR)
    )


def jeton(m: Monde) -> dict[str, Any]:
    return {"pk": m.jeton_api.pk}  # type: ignore[attr-defined]


MATRICE = [
    Ligne("offre:echanges", GESTION),
    Ligne("offre:echanges_qualite", GESTION, requete="?mot=publiee"),
    Ligne("offre:echanges_qualite_export", GESTION, requete="?mot=publiee"),
    Ligne("offre:jeton_creer", LIT),
    Ligne("offre:jeton_creer", LIT, methode="POST", donnees=lambda _: {"nom": "Un partenaire"}),
    Ligne("offre:jeton_revoquer", LIT, objet=jeton),
    Ligne("offre:jeton_revoquer", statuts(403, administrateur=302), objet=jeton, methode="POST"),
    Ligne("api:documentation", PUBLIC),
    Ligne("api:donnees_ouvertes", PUBLIC),
    Ligne("api:openapi", PUBLIC),
    Ligne("api:table_schema", PUBLIC),
    Ligne("api:offres", PUBLIC, requete="?age=22&categorie=emploi"),
    Ligne("api:offre", PUBLIC, objet=lambda m: {"pk": m.offre.pk}, ouvert=OUVERT),
    Ligne("api:offre", statuts(404, anonyme=404), objet=lambda m: {"pk": m.offre_brouillon.pk}, cas="brouillon"),
    Ligne("api:structures", PUBLIC),
    Ligne("api:sessions", PUBLIC),
    Ligne("api:offres_csv", PUBLIC),
    Ligne("api:data_inclusion", PUBLIC),
    Ligne("api:data_inclusion_xlsx", PUBLIC),
    Ligne("api:inconnue", statuts(404, anonyme=404), objet=lambda _: {"reste": "offre"}),
]
