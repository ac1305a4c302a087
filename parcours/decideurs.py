"""Who decides the orientation of one person: the habilitations that cover her, the nearest first."""

from __future__ import annotations

import datetime
from typing import Any

from parcours.droits.orientation import ORIENTENT
from parcours.models import Adresse, AffectationReferent, Orientation
from pdi.comptes.models import Habilitation, Utilisateur

# How near an habilitation is: its structure, its territory, the whole département.
STRUCTURE, TERRITOIRE, DEPARTEMENT = range(3)


def _portee(habilitation: Any, structures: set[int], territoires: set[int]) -> int | None:
    """Return how near the habilitation covers the person, None when it does not. As parcours.querysets.portee."""
    if habilitation.territoire_id:
        return TERRITOIRE if habilitation.territoire_id in territoires else None
    if habilitation.structure_id:
        return STRUCTURE if habilitation.structure_id in structures else None
    return DEPARTEMENT


def decideurs_de(personne: int, jour: datetime.date) -> list[Utilisateur]:
    """Return the active accounts that decide for the person on `jour`: the nearest level that has any. Four queries.

    Her structure or her territory; those who cover the whole département only when nobody is nearer.
    """
    en_cours = {"personne": personne, "periode__contains": jour}
    structures: set[int] = set()
    for modele in (Orientation, AffectationReferent):
        lues = modele._default_manager.filter(**en_cours).values_list("structure_id", "structure__parent_id")
        structures |= {cle for paire in lues for cle in paire if cle}
    territoires = set(
        Adresse.objects.filter(
            **en_cours, commune__rattachements__validite__contains=jour
        ).values_list("commune__rattachements__territoire_id", flat=True)
    )  # fmt: skip
    tenues = Habilitation.objects.au(jour).filter(role__in=ORIENTENT, utilisateur__is_active=True)
    niveaux: dict[int, dict[int, Utilisateur]] = {}
    for habilitation in tenues.select_related("utilisateur"):
        portee = _portee(habilitation, structures, territoires)
        if portee is not None:
            niveaux.setdefault(portee, {})[habilitation.utilisateur_id] = habilitation.utilisateur
    proches = niveaux.get(STRUCTURE, {}) | niveaux.get(TERRITOIRE, {})
    return list((proches or niveaux.get(DEPARTEMENT, {})).values())
