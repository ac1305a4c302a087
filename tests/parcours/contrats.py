"""What the tests of contracts share: someone whose contract is to be made, at each step of the circuit."""

from __future__ import annotations

import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from parcours.models import Contrat
from parcours.operations import circuit_contrats as circuit
from parcours.operations.contrats import (
    SaisieAction,
    SaisieContrat,
    preparer_contrat,
)
from pdi.comptes.models import Role
from tests.fabriques import StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import RegimeFactory, depuis, personne_suivie

PARAMETRES = {"nature_contrat": "ce", "heures_hebdo_min": 15, "revision_mois": 6, "revision_protegee_mois": 12}


def creer_monde() -> Any:
    """Make a structure, its référent, who decides there, the regime, and someone followed."""
    m: Any = SimpleNamespace()
    m.structure = StructureFactory.create(nom="MDS de Valmarche")
    m.referent = UtilisateurFactory.create(role=Role.REFERENT, structure=m.structure, nom="Spécimen", prenom="Nadia")
    m.encadrant = UtilisateurFactory.create(role=Role.ENCADRANT, structure=m.structure, nom="Modèle", prenom="Karim")
    m.regime = RegimeFactory.create(validite=depuis(datetime.date(2015, 1, 1)), parametres=PARAMETRES)
    m.personne = personne_suivie(referent=m.referent, structure=m.structure, nom_naissance="Exemple", prenoms="Jeanne")
    return m


def saisie(**champs: Any) -> SaisieContrat:
    jour = timezone.localdate()
    complete: dict[str, Any] = {
        "nature": "ce", "debut": jour, "fin": jour + datetime.timedelta(181), "heures_hebdo": Decimal(15),
        "objectifs": ((None, "Retrouver un emploi d’accueil"),), "engagements_personne": ("Venir aux rendez-vous",),
        "engagements_departement": ("Proposer un rendez-vous par mois",),
        "actions": (SaisieAction("recherche_emploi", "Atelier de recherche d’emploi", heures_hebdo=Decimal(6)),),
    }  # fmt: skip
    return SaisieContrat(**(complete | champs))


def prepare(m, **champs) -> Contrat:
    return preparer_contrat(personne=m.personne, saisie=saisie(**champs), par=m.referent)


def signe(m, **champs) -> Contrat:
    jour = timezone.localdate()
    return circuit.signer_contrat(
        contrat=prepare(m, **champs), signe_personne_le=jour, signe_referent_le=jour, par=m.referent
    )


def soumis(m, **champs) -> Contrat:
    return circuit.soumettre_contrat(contrat=signe(m, **champs), par=m.referent)


def formulaire(**champs) -> dict[str, str]:
    jour = timezone.localdate()
    return {
        "nature": "ce", "debut": f"{jour}", "fin": f"{jour + datetime.timedelta(181)}", "heures_hebdo": "15",
        "objectifs_libres": "Retrouver un emploi", "engagements_personne": "Venir\nPrévenir",
        "engagements_departement": "Recevoir", "actions-TOTAL_FORMS": "1", "actions-INITIAL_FORMS": "0",
        "actions-0-type": "recherche_emploi", "actions-0-intitule": "Atelier CV", "actions-0-heures_hebdo": "3,5",
    } | champs  # fmt: skip
