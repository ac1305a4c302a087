"""Lines of people: names are for those who follow, supervise or orient; a prestataire, those sent to it."""

from __future__ import annotations

from typing import Any

from pdi.comptes.models import Role
from tests.fabriques_parcours import PrescriptionFactory, il_y_a, personne_suivie

from .monde import Monde
from .table import Ligne, statuts

LISTE = statuts(403, administrateur=200, encadrant=200, referent=200, agent_orientation=200, prestataire=200)
EXPORT = statuts(403, administrateur=200, encadrant=200, referent=200, agent_orientation=200)


def preparer(m: Any) -> None:
    """One person of the référent's portfolio, addressed to the prestataire; one followed by someone else."""
    m.personne = personne_suivie(referent=m.qui(Role.REFERENT))
    m.autre_personne = personne_suivie()
    PrescriptionFactory.create(personne=m.personne, operateur=m.prestataire, etat="transmise", transmise_le=il_y_a(5))


def personne(m: Monde) -> dict[str, Any]:
    return {"pk": m.personne.pk}  # type: ignore[attr-defined]


def autre(m: Monde) -> dict[str, Any]:
    return {"pk": m.autre_personne.pk}  # type: ignore[attr-defined]


MATRICE = [
    Ligne("parcours:personnes", LISTE),
    Ligne("parcours:personnes", LISTE, requete="?mot=specimen&portefeuille=on&etat=suivi", cas="filtrée"),
    Ligne("parcours:personnes_export", EXPORT),
    Ligne(
        "parcours:personne", objet=personne, cas="portefeuille, adressée",
        attendus=statuts(403, administrateur=302, encadrant=200, referent=200, agent_orientation=200, prestataire=200),
    ),
    Ligne(
        "parcours:personne", objet=autre, cas="autre",
        attendus=statuts(403, administrateur=302, encadrant=200, referent=404, agent_orientation=200, prestataire=404),
    ),
    Ligne(
        "parcours:personne_acces", objet=autre,
        attendus=statuts(403, administrateur=200, encadrant=302, referent=404, agent_orientation=302, prestataire=404),
    ),
    Ligne(
        "parcours:personne_acces", objet=autre, methode="POST", donnees=lambda m: {"motif": "Appel de la personne"},
        attendus=statuts(403, administrateur=302, encadrant=302, referent=404, agent_orientation=302, prestataire=404),
    ),
]  # fmt: skip
