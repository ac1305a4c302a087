"""Lines of référents, portfolios and bulk actions: an encadrant appoints, in scope; a lot belongs to its author."""

from __future__ import annotations

from typing import Any

from parcours.models import Lot
from pdi.comptes.models import Role
from tests.fabriques_parcours import personne_suivie

from .monde import Monde
from .table import Ligne, statuts

ENCADRANT = statuts(403, encadrant=200, prestataire=404)
LECTEURS = statuts(403, encadrant=200, administrateur=200)


def preparer(m: Any) -> None:
    """A person of the référent's portfolio, a lot of the encadrant's about her."""
    m.affectee = personne_suivie(referent=m.qui(Role.REFERENT))
    m.affectation = m.affectee.affectations.get()
    m.lot_personnes = Lot.objects.create(
        geste="designer", auteur=m.qui(Role.ENCADRANT), personnes=[m.affectee.pk], filtre=["Personnes cochées"]
    )


def affectee(m: Monde) -> dict[str, Any]:
    return {"pk": m.affectee.pk}  # type: ignore[attr-defined]


def affectation(m: Monde) -> dict[str, Any]:
    return {**affectee(m), "affectation": m.affectation.pk}  # type: ignore[attr-defined]


def referent(m: Monde) -> dict[str, Any]:
    return {"pk": m.qui(Role.REFERENT).pk}


def personne_d_autre(m: Monde) -> dict[str, Any]:
    return {"pk": m.qui(Role.PILOTE).pk}


def lot(m: Monde) -> dict[str, Any]:
    return {"pk": m.lot_personnes.pk}  # type: ignore[attr-defined]


def choix(m: Monde) -> dict[str, Any]:
    return {"geste": "designer", "portee": "selection", "personnes": [m.affectee.pk]}  # type: ignore[attr-defined]


MATRICE = [
    Ligne("parcours:referent_designer", ENCADRANT, objet=affectee),
    Ligne("parcours:referent_terminer", ENCADRANT, objet=affectation),
    Ligne("parcours:portefeuilles", LECTEURS),
    Ligne("parcours:portefeuilles_export", LECTEURS),
    Ligne("parcours:portefeuille", LECTEURS, objet=referent),
    Ligne(
        "parcours:portefeuille", statuts(403, encadrant=404, administrateur=404), objet=personne_d_autre,
        cas="qui ne suit personne",
    ),
    Ligne("parcours:portefeuille_capacite", statuts(403, encadrant=200), objet=referent),
    Ligne(
        "parcours:portefeuille_capacite", statuts(403, encadrant=302), objet=referent, methode="POST",
        donnees=lambda m: {"places": "80"},
    ),
    Ligne("parcours:lot_creer", statuts(403, encadrant=302, agent_orientation=403), methode="POST", donnees=choix),
    Ligne("parcours:lot", statuts(403, encadrant=200, agent_orientation=404, referent=404), objet=lot),
    Ligne(
        "parcours:lot_executer", statuts(403, encadrant=302, agent_orientation=404, referent=404), objet=lot,
        methode="POST",
    ),
]  # fmt: skip
