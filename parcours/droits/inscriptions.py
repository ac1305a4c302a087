"""Who enrols people in sessions."""

from __future__ import annotations

from typing import Any

from offre.droits import acteurs_de_session
from offre.models import Session
from offre.regles.sessions import OPERATEUR as OPERATEUR_SESSION
from parcours.models import Personne
from parcours.querysets import prescriptions_adressees
from parcours.regles.inscriptions import OPERATEUR, PRESCRIPTEUR
from pdi.comptes.models import Role

from .personnes import peut_suivre


def acteurs_de_l_inscription(utilisateur: Any, session: Session, personne: Personne) -> set[str]:
    """Return the codes of the actors the user is for this person and this session.

    An operator acts for the people who were sent to it by a prescription, and for nobody else.
    """
    acteurs = {PRESCRIPTEUR} if peut_suivre(utilisateur, personne) else set()
    if OPERATEUR_SESSION in acteurs_de_session(utilisateur, session.operateur_id):
        structures = utilisateur.structures_du_role(Role.PRESTATAIRE)
        if prescriptions_adressees(structures).filter(personne=personne).exists():
            acteurs.add(OPERATEUR)
    return acteurs
