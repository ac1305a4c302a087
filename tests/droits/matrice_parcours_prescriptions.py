"""Lines of prescriptions: their operator answers, those who follow write, the others see nothing."""

from __future__ import annotations

from typing import Any

from pdi.comptes.models import Role
from tests.fabriques_parcours import MotifFactory, OffreFactory, PrescriptionFactory, il_y_a, personne_suivie

from .monde import Monde
from .table import Ligne, statuts

NOMINATIF = {"administrateur": 200, "encadrant": 200, "referent": 200, "agent_orientation": 200}
LISTE = statuts(403, prestataire=200, **NOMINATIF)


def preparer(m: Any) -> None:
    """Of the référent's portfolio: one sent to the prestataire, one being written; one of somebody else's person."""
    m.offre_prescrite = OffreFactory.create(numero="8.1", operateurs=[m.prestataire])
    suivie = personne_suivie(referent=m.qui(Role.REFERENT))
    m.prescription = PrescriptionFactory.create(
        personne=suivie, offre=m.offre_prescrite, operateur=m.prestataire, etat="transmise", renseignee_le=il_y_a(5)
    )
    m.prescription_a_ecrire = PrescriptionFactory.create(
        personne=suivie, offre=m.offre_prescrite, operateur=m.prestataire
    )
    m.autre_prescription = PrescriptionFactory.create(
        personne=personne_suivie(), offre=m.offre_prescrite, etat="transmise"
    )
    m.motif_refus = MotifFactory.create(nature="refus_prescription")


def de(nom: str, **plus: Any) -> Any:
    return lambda m: {"pk": getattr(m, nom).pk, **plus}


def chez(nom: str, **plus: Any) -> Any:
    return lambda m: {"pk": getattr(m, nom).personne_id, **plus}


def offre(m: Monde) -> dict[str, Any]:
    return {"pk": m.prescription.personne_id, "offre": m.offre_prescrite.pk}  # type: ignore[attr-defined]


def saisie(m: Monde) -> dict[str, Any]:
    return {
        "operateur": m.prestataire.pk, "origine": "referent", "motivation": "Reprendre un rythme.",
        "action_libre": "Jardin partagé",
    }  # fmt: skip


# Own portfolio of the référent, scope of encadrant and agent (whole département), motive for the administrateur.
LUE = statuts(403, administrateur=302, encadrant=200, referent=200, agent_orientation=200, prestataire=200)
INVISIBLE = statuts(403, administrateur=302, encadrant=200, referent=404, agent_orientation=200, prestataire=404)
# Who writes in the path: never the administrateur, who reads on a motive.
ECRITE = statuts(403, encadrant=200, referent=200, agent_orientation=200)
SIENNE = statuts(403, administrateur=302, encadrant=200, referent=200, agent_orientation=200, prestataire=404)

MATRICE = [
    Ligne("parcours:prescriptions", LISTE),
    Ligne("parcours:prescriptions", LISTE, requete="?vue=retard&mot=specimen&tri=-attente", cas="triée"),
    Ligne("parcours:prescriptions_export", statuts(403, **NOMINATIF)),
    Ligne("parcours:prescription", LUE, objet=de("prescription"), cas="portefeuille, adressée"),
    Ligne("parcours:prescription", INVISIBLE, objet=de("autre_prescription"), cas="autre"),
    Ligne("parcours:prescription", SIENNE, objet=de("prescription_a_ecrire"), cas="pas encore transmise"),
    Ligne("parcours:prescription_modifier", SIENNE, objet=de("prescription_a_ecrire")),
    Ligne("parcours:prescription_modifier", INVISIBLE | {"encadrant": 403, "agent_orientation": 403},
          objet=de("autre_prescription"), cas="autre, déjà transmise"),
    Ligne("parcours:prescription_geste", LUE, objet=de("prescription", geste="repondre")),
    Ligne("parcours:prescription_geste", INVISIBLE, objet=de("autre_prescription", geste="repondre"), cas="autre"),
    Ligne("parcours:prescription_geste", SIENNE, objet=de("prescription_a_ecrire", geste="signer"), cas="signer"),
    Ligne("parcours:prescription_geste", statuts(403, administrateur=302, encadrant=200, referent=200,
          agent_orientation=200), objet=de("prescription", geste="annuler"), cas="annuler"),
    Ligne("parcours:prescription_geste", statuts(403, administrateur=302, encadrant=302, referent=302,
          agent_orientation=302, prestataire=302), objet=de("prescription", geste="repondre"), methode="POST",
          donnees=lambda m: {"reponse": "refusee", "motif": m.motif_refus.pk}, cas="répondre"),
    Ligne("parcours:prescription_choisir", ECRITE | {"prestataire": 403}, objet=chez("prescription")),
    Ligne("parcours:prescription_choisir", ECRITE | {"referent": 404, "prestataire": 404},
          objet=chez("autre_prescription"), cas="autre"),
    Ligne("parcours:prescription_libre", ECRITE, objet=chez("prescription")),
    Ligne("parcours:prescription_creer", ECRITE, objet=offre),
    Ligne("parcours:prescription_creer", statuts(403, encadrant=302, referent=302, agent_orientation=422),
          objet=offre, methode="POST", donnees=saisie, cas="la plateforme n’est pas le référent"),
]  # fmt: skip
