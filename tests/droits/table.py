"""The vocabulary of the matrix: who, what, and the status each is owed. See docs/droits.md."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pdi.comptes.models import ROLES_DEPARTEMENT, Role

ANONYME = "anonyme"
ROLES = (ANONYME, *(str(role) for role in Role.values))
GROUPES: Mapping[str, tuple[str, ...]] = {
    "gestion": (Role.ADMINISTRATEUR, Role.CHARGE_PROGRAMME),
    "agents": tuple(ROLES_DEPARTEMENT),
    "partenaires": (Role.PRESTATAIRE, Role.PARTENAIRE),
}
REFUS = (302, 403, 404)


def statuts(defaut: int, **exceptions: int) -> dict[str, int]:
    """Return the status of each role: `defaut`, but 302 (to the login page) for anonyme, then the exceptions.

    An exception names a role, or a group (gestion, agents, partenaires); a role wins over its groups.
    `statuts(403, gestion=200)`, `statuts(200, partenaires=404)`, `statuts(200, anonyme=200)`.
    """
    table = dict.fromkeys(ROLES, defaut) | {ANONYME: 302}
    for nom, statut in sorted(exceptions.items(), key=lambda e: e[0] not in GROUPES):
        if nom not in GROUPES and nom not in ROLES:
            raise ValueError(f"« {nom} » n’est ni un rôle ni un groupe : {', '.join((*ROLES, *GROUPES))}")
        table.update(dict.fromkeys(GROUPES.get(nom, (nom,)), statut))
    return table


@dataclass(frozen=True)
class Ligne:
    """One line of the matrix: a URL, a method, the object it is asked for, and the status each role is owed.

    `objet` gives the arguments of the URL from the world (tests/droits/monde.py); `cas` names the situation when
    a URL has several lines; `donnees` is what a POST sends. `ouvert` says why no logged-in role is refused.
    """

    url: str
    attendus: Mapping[str, int]
    objet: Callable[[Any], Mapping[str, Any]] = lambda _monde: {}
    methode: str = "GET"
    cas: str = ""
    donnees: Callable[[Any], Mapping[str, Any]] = field(default=lambda _monde: {})
    requete: str = ""
    ouvert: str = ""

    @property
    def nom(self) -> str:
        """Return the identifier of the line in reports."""
        return f"{self.methode} {self.url}{f' ({self.cas})' if self.cas else ''}"
