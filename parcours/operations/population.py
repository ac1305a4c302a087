"""Writing a fictitious population: the whole of it, or nothing."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Sum

from parcours.generation import evenements
from parcours.generation.attendus import Attendus
from parcours.generation.contexte import Contexte
from parcours.generation.ecriture import Ecrivain
from parcours.generation.histoire import raconter
from parcours.generation.monde import lire_monde
from parcours.models import Adresse, AttributionAide, EnveloppeAide, EtatAide, Personne
from pdi.socle.droits import RegleMetier

from .demonstration_parcours import diagnostiquer_le_portefeuille, ouvrir_des_places, remplir_la_semaine

GRAINE_DEMONSTRATION = 91
LOT = 2000  # people in memory at once


@dataclass(frozen=True, slots=True)
class BilanPopulation:
    """What was written, by table, and the expected values when they were asked for. Children come on top."""

    personnes: int
    enfants: int
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

    Of a share of their households, the children are written too: nobody follows them, no figure counts them.
    `attendus`: also count every indicator (docs/indicateurs.md). `demonstration`: the demonstration accounts receive
    portfolios. Raises RegleMetier when communes or référentiels are missing, or nobody is asked for. The people
    already there are left alone; other writers of these tables wait.
    """
    if personnes < 1:
        raise RegleMetier("Demandez au moins une personne.", champ="personnes")
    with Ecrivain() as ecrivain:
        # The world is read after the lock: from the first batch on, the connection belongs to the writer.
        monde = lire_monde(avec_comptes=demonstration)
        ctx = Contexte(graine=graine, monde=monde, au=au, total=personnes, premiers=ecrivain.premiers())
        comptes = Attendus(ctx) if attendus else None
        lot: list[Any] = []
        en_lot, ecrites = 0, 0
        for menage in raconter(ctx):
            if comptes:
                comptes.compter(menage)
            lot += menage.toutes()
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
        ecrivain.lignes[evenements.Personne] - personnes,
        {classe.__name__: nombre for classe, nombre in ecrivain.lignes.items()},
        comptes.resultat() if comptes else None,
    )


@transaction.atomic
def charger_population_demonstration(*, personnes: int, jour: datetime.date) -> BilanPopulation | None:
    """Generate the demonstration's people, whose référente, encadrant and others are the demonstration accounts.

    Returns None when fictitious people are already there. Raises RegleMetier as `generer_population` does.
    """
    if Personne.objects.filter(fictive=True).exists():
        return None
    bilan = generer_population(personnes=personnes, graine=GRAINE_DEMONSTRATION, au=jour, demonstration=True)
    _imputer_les_aides()
    remplir_la_semaine(jour=jour)
    ouvrir_des_places(jour=jour)
    diagnostiquer_le_portefeuille(jour=jour)
    return bilan


def _imputer_les_aides() -> None:
    """Charge the granted aids to the fictitious envelope of their year and territory; what exceeds it stays outside."""
    for enveloppe in EnveloppeAide.objects.filter(demonstration=True).order_by("pk"):
        aides = AttributionAide.objects.filter(
            reglement=enveloppe.reglement_id,
            etat__in=(EtatAide.ACCORDEE, EtatAide.VERSEE),
            decidee_le__year=enveloppe.annee,
            enveloppe=None,
        )
        if enveloppe.territoire_id:
            habite = Adresse.objects.filter(
                personne=OuterRef("personne"),
                periode__contains=OuterRef("decidee_le"),
                commune__rattachements__territoire=enveloppe.territoire_id,
                commune__rattachements__validite__contains=OuterRef("decidee_le"),
            )
            aides = aides.filter(Exists(habite))
        total = aides.aggregate(total=Sum("montant"))["total"] or Decimal(0)
        if enveloppe.consomme + total <= enveloppe.montant:
            aides.update(enveloppe=enveloppe)
            enveloppe.consomme += total
            enveloppe.save(update_fields=["consomme"])
