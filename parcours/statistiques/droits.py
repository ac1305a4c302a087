"""Who reads the statistics, unmasked or not, and opens the people behind a figure."""

from __future__ import annotations

from typing import Any

from pdi.comptes.models import Role
from pdi.socle.droits import OUI, Verdict, non
from pdi.socle.querysets import ROLES_GESTION

from .formule import Restriction

LECTEURS = (
    Role.ADMINISTRATEUR, Role.CHARGE_PROGRAMME, Role.ENCADRANT, Role.AGENT_ORIENTATION, Role.DIRECTION,
)  # fmt: skip
NOMINATIFS = (Role.ENCADRANT, Role.AGENT_ORIENTATION)


def peut_lire_observatoire(utilisateur: Any) -> Verdict:
    """Read the figures."""
    if utilisateur.is_authenticated and utilisateur.a_role(*LECTEURS):
        return OUI
    return non(
        "L’observatoire est ouvert aux chargés de programme, à l’encadrement, aux agents d’orientation et à la "
        "direction. Les chiffres du programme se lisent sur les fiches."
    )


def peut_ouvrir_personnes(utilisateur: Any) -> Verdict:
    """Open the list of people behind a figure; the list still goes through `visibles_par`."""
    if utilisateur.is_authenticated and utilisateur.a_role(Role.ADMINISTRATEUR, *NOMINATIFS):
        return OUI
    return non("Votre habilitation ouvre les chiffres, pas les personnes : aucune donnée nominative ne s’affiche.")


def trouve_des_personnes(utilisateur: Any, territoire: str) -> bool:
    """Return whether the list behind a figure of that territory may hold somebody for the user."""
    siennes = [h.territoire for h in utilisateur.habilitations_actives if h.role in NOMINATIFS]
    return utilisateur.a_role(Role.ADMINISTRATEUR) or any(t is None or t.code == territoire for t in siennes)


def voit_petits_effectifs(utilisateur: Any, restriction: Restriction) -> bool:
    """Return whether small cells are shown: the user may see every person the restriction is about."""
    if utilisateur.a_role(Role.ADMINISTRATEUR):
        return True
    return any(
        h.role in NOMINATIFS
        and (h.structure_id is None or h.structure_id == restriction.structure)
        and (h.territoire is None or h.territoire.code == restriction.territoire)
        for h in utilisateur.habilitations_actives
    )


def peut_compiler_indicateurs(utilisateur: Any) -> Verdict:
    """Compute a year's figures, and freeze them."""
    if utilisateur.is_authenticated and utilisateur.a_role(*ROLES_GESTION):
        return OUI
    return non("Seuls les administrateurs et les chargés de programme calculent et gèlent les chiffres d’une année.")
