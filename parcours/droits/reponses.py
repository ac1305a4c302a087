"""Who says how an operator answers the prescriptions it receives."""

from __future__ import annotations

from typing import Any

from offre.querysets import ROLES_OFFRE
from pdi.comptes.models import Role
from pdi.socle.droits import OUI, Verdict, non
from pdi.structures.models import Structure


def peut_regler_reponse(utilisateur: Any, structure: Structure) -> Verdict:
    """Set where an operator is written to: itself, or the service of the programme for it."""
    if utilisateur.is_authenticated and (
        utilisateur.a_role(*ROLES_OFFRE) or structure.pk in utilisateur.structures_du_role(Role.PRESTATAIRE)
    ):
        return OUI
    return non("L’adresse des réponses est choisie par l’opérateur lui-même ou par le service du programme.")


def peut_ouvrir_espace(utilisateur: Any) -> Verdict:
    """Open the space of an operator: those who answer for one."""
    if utilisateur.is_authenticated and utilisateur.structures_du_role(Role.PRESTATAIRE):
        return OUI
    return non("Cet espace est celui des opérateurs de l’offre d’insertion.")
