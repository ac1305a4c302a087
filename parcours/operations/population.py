"""Writing a fictitious population: the whole of it, or nothing."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from parcours.generation.attendus import Attendus
from parcours.generation.contexte import Contexte
from parcours.generation.ecriture import Ecrivain
from parcours.generation.histoire import raconter
from parcours.generation.monde import lire_monde
from pdi.socle.droits import RegleMetier

LOT = 2000  # people in memory at once


@dataclass(frozen=True, slots=True)
class BilanPopulation:
    """What was written, by table, and the expected values when they were asked for."""

    personnes: int
    lignes: dict[str, int]
    attendus: dict[str, Any] | None


@transaction.atomic
def generer_population(
    *,
    personnes: int,
    graine: int,
    au: datetime.date,
    attendus: bool = False,
    demonstration: bool = False,
    dire: Callable[[str], object] = lambda _: None,
) -> BilanPopulation:
    """Write `personnes` fictitious people whose histories end on `au`; same seed, same people.

    `attendus`: also count every indicator (docs/indicateurs.md). `demonstration`: the demonstration accounts receive
    portfolios. Raises RegleMetier when communes or référentiels are missing, or nobody is asked for. The people
    already there are left alone; other writers of these tables wait.
    """
    if personnes < 1:
        raise RegleMetier("Demandez au moins une personne.", champ="personnes")
    ecrivain = Ecrivain()
    ctx = Contexte(
        graine=graine, monde=lire_monde(avec_comptes=demonstration), au=au, total=personnes,
        premiers=ecrivain.premiers(),
    )  # fmt: skip
    comptes = Attendus(ctx) if attendus else None
    lot: list[Any] = []
    en_lot, ecrites = 0, 0
    for menage in raconter(ctx):
        if comptes:
            comptes.compter(menage)
        lot += menage.lignes
        for parcours in menage.membres:
            lot += parcours.toutes()
        en_lot += len(menage.membres)
        if en_lot >= LOT:
            ecrivain.ecrire(lot)
            ecrites += en_lot
            dire(f"{ecrites} personnes sur {personnes}")
            lot, en_lot = [], 0
    ecrivain.ecrire(lot)
    ecrivain.terminer()
    return BilanPopulation(
        personnes,
        {classe.__name__: nombre for classe, nombre in ecrivain.lignes.items()},
        comptes.resultat() if comptes else None,
    )
