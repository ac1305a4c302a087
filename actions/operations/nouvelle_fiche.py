"""A fiche written in words, rubric by rubric: made clean before a vote, created after it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from actions.models import Axe, FicheAction, Programme
from pdi.socle.droits import RegleMetier

from .fiches import creer_fiche, verifier_identite
from .versions import modifier_texte, preparer_texte

# What a new fiche may say from its first day; its indicators and their targets come with its pilotes.
RUBRIQUES = (
    "contexte", "objectifs_generaux", "objectifs", "publics", "territoires", "pilotes", "calendrier_texte",
    "cout_total", "financements", "conditions_reussite", "periodicite_texte",
)  # fmt: skip


def preparer_nouvelle(programme: Programme, axe: Axe | None, textes: Mapping[str, str]) -> dict[str, str]:
    """Return what a new fiche would say, in the words of `actions/versions.py`: rubrics that say nothing are left out.

    `textes`: « numero », « intitule » and the rubrics of RUBRIQUES. Raises RegleMetier with every rubric at fault:
    number taken, another tree, a line that does not read, no pilote.
    """
    vide = FicheAction(programme=programme, numero=textes["numero"], intitule=textes["intitule"], axe=axe)
    fautes: list[tuple[str | None, str]] = []
    try:
        verifier_identite(vide)
    except RegleMetier as erreur:
        fautes.append((erreur.champ, erreur.message))
    contenu = {"numero": vide.numero, "intitule": vide.intitule, "axe": str(axe or "")}
    for champ in RUBRIQUES:
        try:
            contenu[champ], _ecrire = preparer_texte(vide, champ, textes.get(champ, ""))
        except RegleMetier as erreur:
            fautes.append((champ, erreur.message))
    if fautes:
        refus = RegleMetier(fautes[0][1], champ=fautes[0][0])
        refus.details = fautes
        raise refus
    return {champ: texte for champ, texte in contenu.items() if texte}


@transaction.atomic
def creer_de_textes(*, programme: Programme, axe: Axe | None, textes: Mapping[str, str], par: Any) -> FicheAction:
    """Create the fiche and write its rubrics, each by the operation of its section.

    Raises DroitInsuffisant, and RegleMetier: the number was taken since, a line no longer reads.
    """
    fiche = creer_fiche(programme=programme, par=par, numero=textes["numero"], intitule=textes["intitule"], axe=axe)
    for champ in RUBRIQUES:
        if texte := textes.get(champ):
            modifier_texte(fiche=fiche, champ=champ, texte=texte, par=par)
    return fiche
