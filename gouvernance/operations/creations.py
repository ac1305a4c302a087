"""Writes of proposals of a new fiche: propose, correct; the rest of their life is that of any proposal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from actions.models import Axe, Programme
from actions.operations.nouvelle_fiche import preparer_nouvelle
from gouvernance.droits_avenants import peut_proposer_fiche
from gouvernance.models import CREATION, Decision, ModificationFiche, OrigineModification
from pdi.socle.droits import exiger
from pdi.socle.operations import etat_de

from .modifications import CHAMPS, a_corriger, deposer, garder_correction


def _ecrire(lue: ModificationFiche, axe: Axe | None, textes: Mapping[str, str]) -> None:
    """Put in the proposal what the fiche would say, rubric by rubric and as one text."""
    lue.axe, lue.contenu = axe, preparer_nouvelle(lue.programme_vise, axe, textes)
    lue.apres = "\n\n".join(
        f"{libelle}\u00a0:{chr(10) if chr(10) in texte else ' '}{texte}" for libelle, texte in lue.rubriques
    )


@transaction.atomic
def proposer_fiche(
    *,
    programme: Programme,
    axe: Axe | None,
    textes: Mapping[str, str],
    motif: str,
    par: Any,
    origine: str = OrigineModification.LIBRE,
    decision: Decision | None = None,
    demonstration: bool = False,
) -> ModificationFiche:
    """Propose a new fiche, which an avenant may create at its date of effect.

    Raises DroitInsuffisant, and RegleMetier with the rubric at fault: number taken, line that does not read, no pilote.
    """
    exiger(peut_proposer_fiche(par, programme))
    lue = ModificationFiche(
        programme=programme, champ=CREATION, motif=motif.strip(), origine=origine, decision=decision, par=par,
        demonstration=demonstration,
    )  # fmt: skip
    _ecrire(lue, axe, textes)
    return deposer(lue, titre=f"Nouvelle fiche proposée : {lue.numero}", texte=lue.intitule)


@transaction.atomic
def corriger_fiche_proposee(
    *,
    modification: ModificationFiche,
    version: int,
    axe: Axe | None,
    textes: Mapping[str, str],
    motif: str,
    par: Any,
) -> ModificationFiche:
    """Change what a proposed fiche would say. Raises DroitInsuffisant, and RegleMetier as `proposer_fiche` does."""
    lue = a_corriger(modification, version, par)
    avant = etat_de(lue, CHAMPS)
    _ecrire(lue, axe, textes)
    return garder_correction(lue, motif, avant, par)
