"""Who brings together the files of one person."""

from __future__ import annotations

from typing import Any

from pdi.comptes.models import Role
from pdi.socle.droits import OUI, Verdict, non

RAPPROCHENT = (Role.ADMINISTRATEUR, Role.AGENT_ORIENTATION)


def peut_rapprocher(utilisateur: Any) -> Verdict:
    """Compare and merge two files: those who open them, for the people they may find."""
    if utilisateur.is_authenticated and utilisateur.a_role(*RAPPROCHENT):
        return OUI
    return non("Les doublons sont rapprochés par les agents d’orientation et les administrateurs.")
