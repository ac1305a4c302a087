"""Verdicts of the second storey: sheets, sessions, conventions. What one sees is in querysets.py."""

from __future__ import annotations

from typing import Any

from offre.models import Session
from offre.querysets import ROLES_OFFRE
from offre.regles.sessions import OPERATEUR, SERVICE
from pdi.comptes.models import Role
from pdi.socle.droits import OUI, Verdict, non

RESERVE_SESSION = "Les sessions sont tenues par leur opérateur et par le service du programme."


def acteurs_de_session(utilisateur: Any, operateur: int | None) -> set[str]:
    """Return the codes of the actors the user is on a session of `operateur`."""
    if not utilisateur.is_authenticated:
        return set()
    acteurs = {SERVICE} if utilisateur.a_role(*ROLES_OFFRE) else set()
    if operateur is not None and operateur in utilisateur.structures_du_role(Role.PRESTATAIRE):
        acteurs.add(OPERATEUR)
    return acteurs


def peut_tenir_session(utilisateur: Any, session: Session) -> Verdict:
    """Change a session, its capacity, its shares; note who came."""
    return OUI if acteurs_de_session(utilisateur, session.operateur_id) else non(RESERVE_SESSION)
