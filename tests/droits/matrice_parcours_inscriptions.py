"""Lines of enrolments: those who follow the person and the operator it is sent to; the others see a count."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from offre.models import EtatSession, Session
from parcours.models import Inscription
from pdi.comptes.models import Role
from tests.fabriques_parcours import OffreFactory, PrescriptionFactory, il_y_a, personne_suivie

from .table import Ligne, statuts


def preparer(m: Any) -> None:
    """A session of the prestataire: a person of the référent's portfolio prescribed, and somebody else's enrolled."""
    m.offre_a_inscrire = OffreFactory.create(numero="5.1", operateurs=[m.prestataire])
    m.session_a_inscrire = Session.objects.create(
        offre=m.offre_a_inscrire, operateur=m.prestataire, etat=EtatSession.OUVERTE, debut=il_y_a(-5),
        capacite=Decimal(10), prises=2,
    )  # fmt: skip
    suivie = personne_suivie(referent=m.qui(Role.REFERENT))
    m.prescription_a_inscrire = PrescriptionFactory.create(
        personne=suivie, offre=m.offre_a_inscrire, operateur=m.prestataire, etat="transmise"
    )
    commun = {"session": m.session_a_inscrire, "etat": "confirmee", "demandee_le": il_y_a(3)}
    m.inscription = Inscription.objects.create(
        **commun, rang=1, confirmee_le=il_y_a(3), prescription=m.prescription_a_inscrire, personne=suivie
    )
    m.autre_inscription = Inscription.objects.create(
        **commun, rang=2, confirmee_le=il_y_a(3), personne=personne_suivie()
    )


def de(nom: str, **plus: Any) -> Any:
    return lambda m: {"pk": getattr(m, nom).pk, **plus}


NOMS = {"administrateur": 200, "encadrant": 200, "referent": 200, "agent_orientation": 200}
SUIVI = statuts(403, administrateur=302, encadrant=200, referent=200, agent_orientation=200, prestataire=200)
# The administrateur finds everybody and writes in no path.
ACTE = statuts(403, encadrant=200, referent=200, agent_orientation=200, prestataire=200)
AUTRE = statuts(403, encadrant=200, referent=404, agent_orientation=200, prestataire=404)

MATRICE = [
    Ligne("parcours:inscription_choisir", SUIVI, objet=de("prescription_a_inscrire")),
    Ligne("parcours:inscription_choisir", SUIVI | {"encadrant": 422, "referent": 422, "agent_orientation": 422,
          "prestataire": 422}, objet=de("prescription_a_inscrire"), methode="POST",
          donnees=lambda m: {"session": m.session_a_inscrire.pk}, cas="elle y est déjà"),
    Ligne("parcours:session_inscrits", statuts(403, prestataire=200, **NOMS), objet=de("session_a_inscrire")),
    Ligne("parcours:session_inscrits_export", statuts(403, **NOMS), objet=de("session_a_inscrire")),
    Ligne("parcours:session_emargement", statuts(403, prestataire=200), objet=de("session_a_inscrire")),
    Ligne("parcours:inscription_geste", ACTE, objet=de("inscription", geste="annuler")),
    Ligne("parcours:inscription_geste", AUTRE, objet=de("autre_inscription", geste="annuler"), cas="d’autrui"),
    Ligne("parcours:inscription_geste", ACTE | {"encadrant": 422, "referent": 422, "agent_orientation": 422,
          "prestataire": 422}, objet=de("inscription", geste="annuler"), methode="POST", cas="sans motif"),
]  # fmt: skip
