"""Sections that upper storeys add to a structure's page (its roles in fiches, its conventions…).

Structures do not know who names them. An upper storey registers, when it is ready, what it has to show:

    class ActionsConfig(AppConfig):
        def ready(self) -> None:
            enregistrer("actions", roles_de_la_structure)

    def roles_de_la_structure(structure, utilisateur) -> Rubrique | None:
        lignes = [Ligne(str(role.fiche), role.fiche.get_absolute_url(), role.get_type_display()) for role in …]
        return Rubrique("Rôles dans les fiches-actions", lignes) if lignes else None

The function filters through `visibles_par(utilisateur)` and costs a fixed number of queries.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .models import Structure


@dataclass(frozen=True)
class Ligne:
    """One element: its title, where it leads, what the structure does in it."""

    titre: str
    url: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Rubrique:
    """A titled list, with the sentence shown when it is empty."""

    titre: str
    lignes: list[Ligne] = field(default_factory=list)
    vide: str = ""


Fournisseur = Callable[[Structure, Any], Rubrique | None]
_FOURNISSEURS: dict[str, Fournisseur] = {}


def enregistrer(nom: str, fournisseur: Fournisseur) -> None:
    """Add (or replace) the section called `nom`."""
    _FOURNISSEURS[nom] = fournisseur


def rubriques_de(structure: Structure, utilisateur: Any) -> list[Rubrique]:
    """Return the sections that upper storeys have to show to `utilisateur`, in the order of their registration."""
    proposees = (fournisseur(structure, utilisateur) for fournisseur in _FOURNISSEURS.values())
    return [rubrique for rubrique in proposees if rubrique is not None]
