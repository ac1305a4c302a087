"""Who keeps a body, its members and its meetings: managers all of them, a secretary their own."""

from __future__ import annotations

from typing import Any

from gouvernance.models import CollegeMembre, Instance, Membre
from gouvernance.querysets import ROLES_GOUVERNANCE
from pdi.socle.droits import OUI, Verdict, non

RESERVE = "Cette instance est tenue par ses secrétaires, les chargés de programme et les administrateurs."
REFERENCE = "Cette instance d’un autre département sert de référence : elle se lit, elle ne se modifie pas ici."
ANONYME = "Représentant des bénéficiaires"


def peut_creer_instance(utilisateur: Any) -> Verdict:
    """Create a body."""
    if utilisateur.is_authenticated and utilisateur.a_role(*ROLES_GOUVERNANCE):
        return OUI
    return non("Les instances se créent par les chargés de programme et les administrateurs.")


def tient(utilisateur: Any, instance: Instance) -> bool:
    """Return whether the user keeps the body (one query for who is not a manager)."""
    if not utilisateur.is_authenticated or not utilisateur.roles():
        return False
    if utilisateur.a_role(*ROLES_GOUVERNANCE):
        return True
    return instance.secretaires.filter(pk=utilisateur.pk).exists()


def peut_tenir_instance(utilisateur: Any, instance: Instance) -> Verdict:
    """Change the body, its members, its rules of procedure; prepare and hold its meetings."""
    if not tient(utilisateur, instance):
        return non(RESERVE)
    return non(REFERENCE) if instance.reference else OUI


def nom_du_membre(membre: Membre, *, tenue: bool) -> str:
    """Return who sits, as the reader may know it: the name of a beneficiary is for who keeps the body."""
    if membre.college == CollegeMembre.BENEFICIAIRE and not tenue:
        return ANONYME
    return str(membre)
