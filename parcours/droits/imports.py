"""Who imports people and what happens to them."""

from __future__ import annotations

from typing import Any

from pdi.comptes.models import Role
from pdi.socle.droits import OUI, Verdict, non


def peut_importer(utilisateur: Any) -> Verdict:
    """Import files about people: administrators, who see them all."""
    if utilisateur.is_authenticated and utilisateur.a_role(Role.ADMINISTRATEUR):
        return OUI
    return non("L’import de fichiers est réservé aux administrateurs.")
