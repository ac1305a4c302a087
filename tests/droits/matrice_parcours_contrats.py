"""Lines of contracts: read by those who follow or supervise, written by those who follow, decided by encadrants."""

from __future__ import annotations

import datetime
from typing import Any

from django.utils import timezone

from parcours.models import EtatContrat, RegimeJuridique
from pdi.comptes.models import Role
from tests.fabriques_parcours import ContratFactory, RegimeFactory, depuis, personne_suivie

from .table import Ligne, statuts

LISTE = statuts(403, administrateur=200, encadrant=200, referent=200, agent_orientation=200)
# The administrator reads after a motive, and writes nothing.
OUVRIR = statuts(403, administrateur=302, encadrant=200, referent=200, agent_orientation=200)
OUVRIR_AUTRE = statuts(403, administrateur=302, encadrant=200, referent=404, agent_orientation=200)
ECRIRE = statuts(403, encadrant=200, referent=200, agent_orientation=200)
ECRIRE_AUTRE = statuts(403, encadrant=200, referent=404, agent_orientation=200)
FAIRE = statuts(403, encadrant=302, referent=302, agent_orientation=302)
DECIDER = statuts(403, encadrant=200)


def preparer(m: Any) -> None:
    """A draft, a signed, a submitted and a valid contract of the référent's portfolio; a draft of somebody else's."""
    if not RegimeJuridique.objects.exists():
        RegimeFactory.create(validite=depuis(datetime.date(2015, 1, 1)))
    m.contractante = personne_suivie(referent=m.qui(Role.REFERENT))
    etats = {"brouillon": EtatContrat.BROUILLON, "signe": EtatContrat.SIGNE, "soumis": EtatContrat.SOUMIS,
             "valide": EtatContrat.VALIDE}  # fmt: skip
    m.contrats = {
        nom: ContratFactory.create(personne=m.contractante, etat=etat, referent=m.qui(Role.REFERENT))
        for nom, etat in etats.items()
    }
    m.contrats["autre"] = ContratFactory.create(personne=personne_suivie())


def contrat(nom: str) -> Any:
    return lambda m: {"pk": m.contrats[nom].pk}


def suivie(m: Any) -> dict[str, Any]:
    return {"pk": m.contractante.pk}


def saisie(_m: Any) -> dict[str, str]:
    jour = timezone.localdate()
    return {
        "nature": "ce", "debut": f"{jour}", "fin": f"{jour + datetime.timedelta(90)}", "heures_hebdo": "15",
        "actions-TOTAL_FORMS": "0", "actions-INITIAL_FORMS": "0",
    }  # fmt: skip


MATRICE = [
    Ligne("parcours:contrats", LISTE),
    Ligne("parcours:contrats", LISTE, requete="?situation=echu&retard=revision&echeance=60&tri=fin", cas="filtrée"),
    Ligne("parcours:contrats_export", LISTE),
    Ligne("parcours:contrats_a_valider", LISTE),
    Ligne(
        "parcours:contrats_valider_lot", statuts(403, encadrant=200, administrateur=200, referent=200,
                                                 agent_orientation=200),
        methode="POST", donnees=lambda m: {"contrat": [m.contrats["soumis"].pk]}, cas="aperçu, hors périmètre : vide",
    ),
    Ligne("parcours:contrat", OUVRIR, objet=contrat("brouillon"), cas="portefeuille"),
    Ligne("parcours:contrat", OUVRIR_AUTRE, objet=contrat("autre"), cas="autre"),
    Ligne("parcours:contrat_pdf", OUVRIR_AUTRE, objet=contrat("autre"), cas="autre"),
    Ligne("parcours:contrat_word", OUVRIR, objet=contrat("brouillon"), cas="portefeuille"),
    Ligne("parcours:contrat_word", OUVRIR_AUTRE, objet=contrat("autre"), cas="autre"),
    Ligne("parcours:contrat_nouveau", ECRIRE | {Role.PRESTATAIRE: 404}, objet=suivie),
    Ligne("parcours:contrat_nouveau", FAIRE | {Role.PRESTATAIRE: 404}, objet=suivie, methode="POST", donnees=saisie),
    Ligne("parcours:contrat_modifier", ECRIRE, objet=contrat("brouillon"), cas="portefeuille"),
    Ligne("parcours:contrat_modifier", ECRIRE_AUTRE, objet=contrat("autre"), cas="autre"),
    Ligne("parcours:contrat_modifier", statuts(403), objet=contrat("soumis"), cas="soumis, il ne change plus"),
    Ligne("parcours:contrat_brouillon", statuts(403), objet=contrat("soumis"), methode="POST", cas="soumis"),
    Ligne("parcours:contrat_signer", ECRIRE, objet=contrat("brouillon"), cas="portefeuille"),
    Ligne("parcours:contrat_signer", ECRIRE_AUTRE, objet=contrat("autre"), cas="autre"),
    Ligne("parcours:contrat_soumettre", FAIRE, objet=contrat("signe"), methode="POST"),
    Ligne("parcours:contrat_soumettre", statuts(403, referent=404), objet=contrat("autre"), methode="POST",
          cas="autre, encore brouillon"),
    Ligne("parcours:contrat_reprendre", FAIRE, objet=contrat("signe"), methode="POST"),
    Ligne("parcours:contrat_decider", DECIDER, objet=contrat("soumis")),
    Ligne(
        "parcours:contrat_decider", statuts(403, encadrant=302), objet=contrat("soumis"), methode="POST",
        donnees=lambda _m: {"geste": "renvoyer", "commentaire": "À préciser."},
    ),
    Ligne("parcours:contrat_clore", ECRIRE, objet=contrat("valide")),
    Ligne("parcours:contrat_annuler", ECRIRE, objet=contrat("brouillon")),
    Ligne("parcours:contrat_annuler", DECIDER, objet=contrat("valide"), cas="validé, par l’encadrant seul"),
]  # fmt: skip
