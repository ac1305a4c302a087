"""Lines of the offer: the catalogue is open to every account, what is not published to nobody."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from offre.models import CategorieOffre, EtatOffre, EtatSession, OffreInsertion, Session
from tests.fabriques import DepartementFactory
from tests.fabriques_parcours import il_y_a

from .monde import Monde
from .table import Ligne, statuts

OUVERT = "le catalogue publié ne contient aucune donnée personnelle"


def preparer(m: Any) -> None:
    """A published offer, and a draft."""
    commun = {"departement": DepartementFactory.create(), "categorie": CategorieOffre.EMPLOI}
    m.offre = OffreInsertion.objects.create(**commun, numero="0.1", intitule="Publiée", etat=EtatOffre.PUBLIEE)
    m.offre_brouillon = OffreInsertion.objects.create(**commun, numero="0.2", intitule="Brouillon")
    m.offre.fiches.add(m.fiche, m.fiche_restreinte)
    dates = {"offre": m.offre, "debut": il_y_a(-30), "capacite": Decimal(10)}
    m.session = Session.objects.create(**dates, operateur=m.prestataire, etat=EtatSession.OUVERTE)
    m.session_preparee = Session.objects.create(**dates, operateur=m.prestataire)


def offre(m: Monde) -> dict[str, Any]:
    return {"pk": m.offre.pk}  # type: ignore[attr-defined]


def brouillon(m: Monde) -> dict[str, Any]:
    return {"pk": m.offre_brouillon.pk}  # type: ignore[attr-defined]


def session(m: Monde) -> dict[str, Any]:
    return {"pk": m.session.pk}  # type: ignore[attr-defined]


def session_preparee(m: Monde) -> dict[str, Any]:
    return {"pk": m.session_preparee.pk}  # type: ignore[attr-defined]


MATRICE = [
    Ligne("offre:offres", statuts(200)),
    Ligne("offre:offres", statuts(200), requete="?mot=emploi&public=jeunes&age=22&categorie=emploi", cas="filtrée"),
    Ligne("offre:offres_export", statuts(200)),
    Ligne("offre:offres_export", statuts(200), requete="?format=csv", cas="CSV"),
    Ligne("offre:offre", statuts(200), objet=offre, ouvert=OUVERT),
    Ligne("offre:offre", statuts(404, gestion=200), objet=brouillon, cas="brouillon"),
    Ligne("offre:session", statuts(200), objet=session, ouvert=OUVERT),
    Ligne("offre:session", statuts(404, gestion=200, prestataire=200), objet=session_preparee, cas="en préparation"),
]
