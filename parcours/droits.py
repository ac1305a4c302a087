"""Verdicts of the third storey. What one sees is in querysets.py."""

from __future__ import annotations

from typing import Any

from pdi.comptes.models import Role
from pdi.socle.droits import OUI, Verdict, non

from .models import Personne

# Who writes a person's identity: those who instruct and follow, never a prestataire.
ROLES_IDENTITE = (Role.ADMINISTRATEUR, Role.ENCADRANT, Role.REFERENT, Role.AGENT_ORIENTATION)


def peut_enregistrer_nir(utilisateur: Any, personne: Personne) -> Verdict:
    """Write a social security number: instruction and follow-up, for someone the user may find."""
    if not utilisateur.is_authenticated or not utilisateur.a_role(*ROLES_IDENTITE):
        return non("Le numéro de sécurité sociale est saisi par les agents qui instruisent ou suivent le dossier.")
    if not Personne.objects.visibles_par(utilisateur).filter(pk=personne.pk).exists():
        return non("Cette personne n’est ni dans votre portefeuille, ni dans votre structure, ni sur votre territoire.")
    return OUI
