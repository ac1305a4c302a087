"""What the first storey shows on a structure's page: its roles in fiches, the programmes it signs."""

from __future__ import annotations

from typing import Any

from pdi.structures.models import Structure
from pdi.structures.rubriques import Ligne, Rubrique

from .models import FicheAction, Programme, RoleFiche

LIMITE = 60


def roles_de_la_structure(structure: Structure, utilisateur: Any) -> Rubrique:
    """Return the fiches, among those `utilisateur` may read, in which the structure has a role."""
    roles = (
        RoleFiche.objects.filter(structure=structure, fiche__in=FicheAction.objects.visibles_par(utilisateur))
        .select_related("fiche__programme")
        .order_by("fiche__programme__reference", "fiche__programme__code", "fiche__ordre", "type", "pk")[:LIMITE]
    )
    lignes = [
        Ligne(
            f"Fiche {role.fiche}",
            role.fiche.get_absolute_url(),
            f"{role.get_type_display()}, {role.fiche.programme.intitule_court}",
        )
        for role in roles
    ]
    return Rubrique("Rôles dans les fiches-actions", lignes, "Aucune fiche-action que vous pouvez lire ne la nomme.")


def signatures_de_la_structure(structure: Structure, utilisateur: Any) -> Rubrique | None:
    """Return the programmes, among those `utilisateur` may read, that the structure signs."""
    programmes = Programme.objects.visibles_par(utilisateur).filter(signataires__structure=structure).distinct()
    lignes = [Ligne(str(p), p.get_absolute_url()) for p in programmes]
    return Rubrique("Programmes signés", lignes) if lignes else None
