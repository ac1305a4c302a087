"""Who creates people and writes their identity, address, household, file."""

from __future__ import annotations

from typing import Any

from pdi.comptes.models import Role
from pdi.socle.droits import OUI, Verdict, non

from .personnes import ROLES_IDENTITE, peut_suivre

CREER_RESERVE = "Les dossiers sont créés par les agents d’orientation, les encadrants et les administrateurs."
CREER_STRUCTURE = (
    "Votre habilitation couvre les personnes orientées vers votre structure : demandez à un agent d’orientation de "
    "créer ce dossier."
)
IDENTITE_RESERVEE = "L’identité et le foyer sont écrits par les agents qui instruisent ou suivent le dossier."


def peut_creer_personne(utilisateur: Any) -> Verdict:
    """Open a file for someone new: where one would find her afterwards (whole département, or a territory)."""
    if not utilisateur.is_authenticated:
        return non(CREER_RESERVE)
    if utilisateur.a_role(Role.ADMINISTRATEUR):
        return OUI
    tenues = [h for h in utilisateur.habilitations_actives if h.role in (Role.ENCADRANT, Role.AGENT_ORIENTATION)]
    if not tenues:
        return non(CREER_RESERVE)
    return OUI if any(h.territoire_id or not h.structure_id for h in tenues) else non(CREER_STRUCTURE)


def peut_modifier_identite(utilisateur: Any, personne: Any) -> Verdict:
    """Write identity, contacts, address, household, RSA file: the agents who follow or supervise this person."""
    if not utilisateur.is_authenticated or not utilisateur.a_role(*ROLES_IDENTITE):
        return non(IDENTITE_RESERVEE)
    return peut_suivre(utilisateur, personne)
