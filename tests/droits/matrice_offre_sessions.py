"""Lines of the sessions: everybody reads those that are open, their operator and the service keep them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from offre.models import CategorieOffre, EtatOffre, EtatSession, OffreInsertion, Session
from tests.fabriques import DepartementFactory
from tests.fabriques_parcours import il_y_a

from .monde import Monde
from .table import Ligne, statuts


def preparer(m: Any) -> None:
    """Of an offer the prestataire runs: sessions open and in preparation; and another operator's."""
    m.offre_a_sessions = OffreInsertion.objects.create(
        departement=DepartementFactory.create(), numero="7.1", intitule="À sessions", etat=EtatOffre.PUBLIEE,
        categorie=CategorieOffre.EMPLOI,
    )  # fmt: skip
    m.offre_a_sessions.operateurs.add(m.prestataire, m.structure)
    dates = {"offre": m.offre_a_sessions, "debut": il_y_a(-30), "capacite": Decimal(10)}
    m.session_tenue = Session.objects.create(**dates, operateur=m.prestataire, etat=EtatSession.OUVERTE)
    m.session_d_autrui = Session.objects.create(**dates, operateur=m.structure, etat=EtatSession.OUVERTE)


def de(nom: str, **plus: Any) -> Any:
    return lambda m: {"pk": getattr(m, nom).pk, **plus}


def offre(m: Monde) -> dict[str, Any]:
    return {"offre": m.offre_a_sessions.pk}  # type: ignore[attr-defined]


TENUE = statuts(403, gestion=200, prestataire=200)
FAITE = statuts(403, gestion=302, prestataire=302)

MATRICE = [
    Ligne("offre:sessions", statuts(200), requete="?situation=ouverte&tri=-libres", cas="filtrée"),
    Ligne("offre:sessions_export", statuts(200)),
    Ligne("offre:session_preparer", TENUE, objet=offre),
    Ligne("offre:session_preparer", FAITE, objet=offre, methode="POST",
          donnees=lambda m: {"operateur": m.prestataire.pk, "debut": il_y_a(-9), "capacite": "12", "unite": "places"}),
    Ligne("offre:session_modifier", TENUE, objet=de("session_tenue")),
    Ligne("offre:session_modifier", statuts(403, gestion=200), objet=de("session_d_autrui"), cas="d’un autre"),
    Ligne("offre:session_dupliquer", TENUE, objet=de("session_tenue")),
    Ligne("offre:session_annuler", TENUE, objet=de("session_tenue")),
    Ligne("offre:session_annuler", statuts(403, gestion=422, prestataire=422), objet=de("session_tenue"),
          methode="POST", cas="sans motif"),
    Ligne("offre:session_geste", TENUE, objet=de("session_tenue", geste="fermer")),
    Ligne("offre:session_geste", FAITE, objet=de("session_tenue", geste="fermer"), methode="POST"),
]  # fmt: skip
