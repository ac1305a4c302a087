"""Who may do what with the directory of structures."""

from __future__ import annotations

from typing import Any

from pdi.socle.droits import OUI, Verdict, non
from pdi.socle.querysets import ROLES_GESTION


def peut_gerer_structures(utilisateur: Any) -> Verdict:
    """Create, change, merge structures, their contacts and other names."""
    if utilisateur.is_authenticated and utilisateur.a_role(*ROLES_GESTION):
        return OUI
    return non("Seuls les administrateurs et les chargés de programme modifient l’annuaire des structures.")
