"""Lines of orientation: decided by agents and encadrants in scope, asked by référents, rules read by the staff."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from parcours.models import CapaciteAccueil, JeuRegles, SimulationRegles
from pdi.comptes.models import Role
from tests.fabriques import StructureFactory
from tests.fabriques_parcours import DemandeReorientationFactory, il_y_a, personne_suivie

from .monde import Monde
from .table import Ligne, statuts

LISTE = statuts(403, administrateur=200, encadrant=200, referent=200, agent_orientation=200)
REGLES = statuts(200, partenaires=403)
# Of the portfolio: the référent follows, agent and encadrant supervise, the administrator needs a motive.
DECIDENT = statuts(403, encadrant=200, agent_orientation=200, prestataire=404)
AUTRE_DECIDENT = statuts(403, encadrant=200, referent=404, agent_orientation=200, prestataire=404)
LECTURE = statuts(404, administrateur=302, encadrant=200, referent=200, agent_orientation=200)
AUTRE_LECTURE = statuts(404, administrateur=302, encadrant=200, agent_orientation=200)


def preparer(m: Any) -> None:
    """A person of the portfolio and another one, each with a request; a rule set in preparation; places."""
    m.a_orienter = personne_suivie(referent=m.qui(Role.REFERENT))
    m.orientee_ailleurs = personne_suivie()
    m.orientation = m.a_orienter.orientations.get()
    m.autre_orientation = m.orientee_ailleurs.orientations.get()
    m.orientation.notifiee_le = m.autre_orientation.notifiee_le = None
    m.orientation.save()
    m.autre_orientation.save()
    m.demande = DemandeReorientationFactory.create(orientation=m.orientation, demandee_par=m.qui(Role.REFERENT))
    m.autre_demande = DemandeReorientationFactory.create(orientation=m.autre_orientation)
    m.sans_demande = personne_suivie(referent=m.qui(Role.REFERENT))
    m.jeu = JeuRegles.objects.create(code="matrice", version=1, intitule="Règles d’essai")
    m.jeu.regles.create(ordre=1, type="emploi", explication="Par défaut.", par_defaut=True)
    SimulationRegles.objects.create(jeu=m.jeu, depuis=datetime.date(2026, 1, 1), jusqu_au=datetime.date(2026, 2, 1))
    m.accueil = StructureFactory.create(nom="Structure d’accueil", nature="service")
    m.capacite = CapaciteAccueil.objects.create(
        structure=m.accueil, places=10, periode=DateRange(il_y_a(30), None)
    )  # fmt: skip


def de(nom: str) -> Any:
    def objet(m: Monde) -> dict[str, Any]:
        return {"pk": getattr(m, nom).pk}

    return objet


def decision(m: Any) -> dict[str, Any]:
    return {
        "type_decide": "emploi", "organisme": "departement", "structure": m.accueil.pk, "mode": "emploi",
        "le": il_y_a(0).isoformat(), "confirmee": m.sans_demande.orientations.first().pk,
    }  # fmt: skip


def demande(m: Any) -> dict[str, Any]:
    return {"type_demande": "emploi", "motif": m.demande.motif.pk}


MATRICE = [
    Ligne("parcours:orienter", DECIDENT, objet=de("a_orienter"), cas="portefeuille"),
    Ligne("parcours:orienter", AUTRE_DECIDENT, objet=de("orientee_ailleurs"), cas="autre"),
    Ligne(
        "parcours:orienter", statuts(403, encadrant=302, agent_orientation=302, prestataire=404, referent=403),
        objet=de("sans_demande"), methode="POST", donnees=decision,
    ),
    Ligne("parcours:orientation", LECTURE, objet=de("orientation"), cas="portefeuille"),
    Ligne("parcours:orientation", AUTRE_LECTURE, objet=de("autre_orientation"), cas="autre"),
    Ligne(
        "parcours:orientation_notifier", objet=de("orientation"), methode="POST",
        donnees=lambda _m: {"notifiee_le": il_y_a(0).isoformat()},
        attendus=statuts(404, administrateur=403, encadrant=302, referent=302, agent_orientation=302),
    ),
    Ligne(
        "parcours:ecarts_orientation",
        statuts(403, gestion=200, encadrant=200, agent_orientation=200, direction=200),
    ),
    Ligne(
        "parcours:reorientation_demander", objet=de("sans_demande"), cas="portefeuille",
        attendus=statuts(403, encadrant=200, referent=200, agent_orientation=200, prestataire=404),
    ),
    Ligne("parcours:reorientation_demander", objet=de("orientee_ailleurs"), cas="autre, demande en attente",
          attendus=statuts(403, encadrant=302, referent=404, agent_orientation=302, prestataire=404)),
    Ligne(
        "parcours:reorientation_demander", objet=de("sans_demande"), methode="POST", donnees=demande,
        attendus=statuts(403, encadrant=302, referent=302, agent_orientation=302, prestataire=404),
    ),
    Ligne("parcours:reorientations", LISTE),
    Ligne("parcours:reorientations", LISTE, requete="?etat=en_attente&stagne=on&type=emploi", cas="filtrée"),
    Ligne("parcours:reorientations_export", LISTE),
    Ligne("parcours:reorientation", LECTURE, objet=de("demande"), cas="portefeuille"),
    Ligne("parcours:reorientation", AUTRE_LECTURE, objet=de("autre_demande"), cas="autre"),
    Ligne(
        "parcours:reorientation_refuser", objet=de("demande"), methode="POST",
        donnees=lambda _m: {"reponse": "Le projet n’est pas prêt."},
        attendus=statuts(404, administrateur=403, encadrant=302, referent=403, agent_orientation=302),
    ),
    Ligne(
        "parcours:reorientation_retirer", objet=de("demande"),
        attendus=statuts(404, administrateur=403, encadrant=200, referent=200, agent_orientation=200),
    ),
    Ligne(
        "parcours:reorientation_retirer", objet=de("demande"), methode="POST",
        attendus=statuts(404, administrateur=403, encadrant=302, referent=302, agent_orientation=302),
    ),
    Ligne("parcours:jeux", REGLES),
    Ligne("parcours:jeu", REGLES, objet=de("jeu")),
    Ligne("parcours:jeu_version", statuts(403, gestion=302), objet=de("jeu"), methode="POST"),
    Ligne(
        "parcours:jeu_simuler", statuts(403, gestion=302, encadrant=302), objet=de("jeu"), methode="POST",
        donnees=lambda _m: {"depuis": "2026-01-01", "jusqu_au": "2026-02-01"},
    ),
    Ligne("parcours:jeu_cas", statuts(403, administrateur=200, encadrant=200), objet=de("jeu")),
    Ligne("parcours:jeu_appliquer", statuts(403, gestion=200), objet=de("jeu")),
    Ligne(
        "parcours:jeu_appliquer", statuts(403, gestion=302), objet=de("jeu"), methode="POST",
        donnees=lambda _m: {"le": il_y_a(-1).isoformat()},
    ),
    Ligne("parcours:capacites", statuts(403, gestion=200, encadrant=200, referent=200, agent_orientation=200)),
    Ligne("parcours:capacites_export", statuts(403, gestion=200, encadrant=200, referent=200, agent_orientation=200)),
    Ligne("parcours:capacite_nouvelle", statuts(403, administrateur=200, encadrant=200)),
    Ligne(
        "parcours:capacite_nouvelle", statuts(403, administrateur=302, encadrant=302), methode="POST",
        donnees=lambda m: {"structure": m.accueil.pk, "mode": "emploi", "places": "5", "le": il_y_a(0).isoformat()},
    ),
    Ligne("parcours:capacite_modifier", statuts(403, administrateur=200, encadrant=200), objet=de("capacite")),
    Ligne(
        "parcours:capacite_modifier", statuts(403, administrateur=302, encadrant=302), objet=de("capacite"),
        methode="POST", donnees=lambda _m: {"places": "12", "le": il_y_a(0).isoformat()},
    ),
]  # fmt: skip
