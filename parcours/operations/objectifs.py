"""Writes of the objectives of a contract while it runs: reached or not, as said in an interview."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from parcours.droits import peut_suivre
from parcours.models import Contrat, EtatContrat, ObjectifContrat
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.operations import journaliser

MOTS = {True: "atteint", False: "non atteint", None: "en cours"}


@transaction.atomic
def noter_objectifs(*, contrat: Contrat, atteints: Mapping[int, bool | None], par: Any) -> int:
    """Say of each objective of a validated contract whether it is reached (None: still in progress).

    `atteints` is {objective id: what is said}; those of another contract are ignored. Return how many changed.
    Raises DroitInsuffisant, and RegleMetier unless the contract is validated: its closure notes them otherwise.
    """
    contrat = Contrat.objects.select_for_update(of=("self",)).select_related("personne").get(pk=contrat.pk)
    exiger(peut_suivre(par, contrat.personne))
    if contrat.etat != EtatContrat.VALIDE:
        raise RegleMetier("Les objectifs se notent tant que le contrat est validé et en cours.")
    changes = [o for o in contrat.objectifs.all() if o.pk in atteints and o.atteint != atteints[o.pk]]
    avant = {o.libelle: MOTS[o.atteint] for o in changes}
    for objectif in changes:
        objectif.atteint = atteints[objectif.pk]
    ObjectifContrat.objects.bulk_update(changes, ["atteint"])
    if changes:
        apres = {o.libelle: MOTS[o.atteint] for o in changes}
        journaliser(par=par, verbe="noter_objectifs", objet=contrat, avant=avant, apres=apres)
    return len(changes)
