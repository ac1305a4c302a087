"""Who follows a decision: who carries it, who keeps its body."""

from __future__ import annotations

from typing import Any

from gouvernance.models import Decision
from gouvernance.querysets import ROLES_SIEGE
from gouvernance.regles.seances import RESPONSABLE, SECRETARIAT
from pdi.comptes.models import Role
from pdi.socle.droits import OUI, Verdict, non

from .droits_instances import tient


def acteurs_de_decision(utilisateur: Any, decision: Decision) -> set[str]:
    """Return what the user is to a decision."""
    if not utilisateur.is_authenticated or not utilisateur.roles():
        return set()
    acteurs = {SECRETARIAT} if tient(utilisateur, decision.seance.instance) else set()
    structures = utilisateur.structures_du_role(Role.PILOTE, *ROLES_SIEGE)
    if decision.responsable_id == utilisateur.pk or (
        decision.responsable_id is None and decision.structure_id is not None and decision.structure_id in structures
    ):
        acteurs.add(RESPONSABLE)
    return acteurs


def peut_suivre_decision(utilisateur: Any, decision: Decision) -> Verdict:
    """Say where a decision stands."""
    if acteurs_de_decision(utilisateur, decision):
        return OUI
    return non("L’avancement d’une décision est dit par celui qui la porte et par le secrétariat de l’instance.")
