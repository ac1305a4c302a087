"""Lines of identity, address, household, RSA file: written by those who follow or supervise the person."""

from __future__ import annotations

import datetime
from typing import Any

from pdi.comptes.models import Role
from tests.fabriques_parcours import DossierFactory, FoyerFactory, MembreFoyerFactory, depuis, personne_suivie

from .monde import Monde
from .table import Ligne, statuts

CREATION = statuts(403, administrateur=200, encadrant=200, agent_orientation=200)
# An administrateur reads with a motive and does not write; a référent, her own portfolio.
SIENNE = statuts(403, encadrant=200, referent=200, agent_orientation=200, prestataire=404)
SIENNE_ECRITE = statuts(403, encadrant=302, referent=302, agent_orientation=302, prestataire=404)
D_UNE_AUTRE = statuts(403, encadrant=200, referent=404, agent_orientation=200, prestataire=404)


def preparer(m: Any) -> None:
    """One person of the référent's portfolio, and one of somebody else's."""
    m.foyer_suivie = personne_suivie(referent=m.qui(Role.REFERENT))
    m.foyer_autre = personne_suivie()
    m.foyer_place = m.foyer_suivie.places.get()
    m.foyer_membre = MembreFoyerFactory.create(
        foyer=m.foyer_place.foyer, role="ENF", periode=depuis(datetime.date(2024, 1, 1))
    )
    m.foyer_dossier_ailleurs = DossierFactory.create(foyer=FoyerFactory.create())


def sienne(m: Monde) -> dict[str, Any]:
    return {"pk": m.foyer_suivie.pk}  # type: ignore[attr-defined]


def autre(m: Monde) -> dict[str, Any]:
    return {"pk": m.foyer_autre.pk}  # type: ignore[attr-defined]


def adresse(m: Monde) -> dict[str, Any]:
    return {**sienne(m), "adresse": m.foyer_suivie.adresses.get().pk}  # type: ignore[attr-defined]


def place(m: Monde) -> dict[str, Any]:
    return {**sienne(m), "place": m.foyer_membre.pk}  # type: ignore[attr-defined]


def dossier(m: Monde) -> dict[str, Any]:
    return {**sienne(m), "dossier": m.foyer_place.foyer.dossiers.get().pk}  # type: ignore[attr-defined]


def dossier_ailleurs(m: Monde) -> dict[str, Any]:
    return {**sienne(m), "dossier": m.foyer_dossier_ailleurs.pk}  # type: ignore[attr-defined]


FORMULAIRES = (
    "personne_identite", "personne_contacts", "personne_deces", "adresse_ajouter", "membre_ajouter", "foyer_situation",
    "dossier_ajouter", "droits_devoirs_ajouter",
)  # fmt: skip

MATRICE = [
    Ligne("parcours:personne_creer", CREATION),
    Ligne(
        "parcours:communes", statuts(403, administrateur=200, encadrant=200, referent=200, agent_orientation=200,
                                     prestataire=200), requete="?commune=val",
    ),
    *(Ligne(f"parcours:{nom}", SIENNE, objet=sienne, cas="portefeuille") for nom in FORMULAIRES),
    *(Ligne(f"parcours:{nom}", D_UNE_AUTRE, objet=autre, cas="autre") for nom in FORMULAIRES),
    Ligne("parcours:adresse_corriger", SIENNE, objet=adresse),
    Ligne("parcours:membre_terminer", SIENNE, objet=place),
    Ligne("parcours:dossier_modifier", SIENNE, objet=dossier),
    Ligne(
        "parcours:dossier_modifier", objet=dossier_ailleurs, cas="dossier d’un autre foyer",
        attendus=statuts(403, encadrant=404, referent=404, agent_orientation=404, prestataire=404),
    ),
    Ligne(
        "parcours:personne_contacts", SIENNE_ECRITE, objet=sienne, methode="POST",
        donnees=lambda m: {"telephone": "0160000000", "courriel": "", "canal": "telephone"},
    ),
    Ligne(
        "parcours:personne_deces", SIENNE_ECRITE, objet=sienne, methode="POST", donnees=lambda m: {"le": "2026-01-05"}
    ),
]  # fmt: skip
