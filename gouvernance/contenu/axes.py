"""The chapter of the axes: the whole strategic tree, each fiche in its place."""

from __future__ import annotations

from typing import Any

from actions.models import Axe
from pdi.socle.formats import typographier

from .fiches import section
from .formes import ChapitreContenu, Noeud, SectionFiche
from .lecture import Matiere


def rassembler_fiches(matiere: Matiere, _avant: list[ChapitreContenu]) -> dict[str, Any] | None:
    """Return the tree. Fiches of no axis come last, under a node without identifier."""
    sections: dict[int | None, list[SectionFiche]] = {}
    for fiche in matiere.fiches:
        sections.setdefault(fiche.axe_id, []).append(section(matiere, fiche))
    enfants: dict[int | None, list[Axe]] = {}
    for axe in matiere.axes:
        enfants.setdefault(axe.parent_id, []).append(axe)

    def noeud(axe: Axe) -> Noeud:
        niveau = matiere.niveaux.get(axe.rang)
        return Noeud(
            id=axe.pk,
            niveau=niveau.singulier if niveau else "",
            rang=axe.rang,
            numero=axe.numero,
            intitule=typographier(axe.intitule),
            fiches=sections.get(axe.pk, []),
            enfants=[noeud(e) for e in enfants.get(axe.pk, [])],
        )

    noeuds = [noeud(axe) for axe in enfants.get(None, [])]
    if sections.get(None):
        noeuds.append(
            Noeud(
                id=None,
                niveau="",
                rang=1,
                numero="",
                intitule="Autres fiches-actions" if noeuds else "Fiches-actions",
                fiches=sections[None],
                enfants=[],
            )
        )
    return {"noeuds": noeuds} if noeuds else None


def fiches_du_noeud(noeud: Noeud) -> list[SectionFiche]:
    """Return the fiches of a node and of its children."""
    return [*noeud["fiches"], *(f for enfant in noeud["enfants"] for f in fiches_du_noeud(enfant))]
