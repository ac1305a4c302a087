"""Writes of envelopes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import transaction

from parcours.droits.aides import peut_fixer_enveloppe
from parcours.models import EnveloppeAide, ReglementAide
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.formats import euros
from pdi.socle.operations import enregistrer, journaliser
from pdi.territoires.models import TerritoireAction


@transaction.atomic
def fixer_enveloppe(
    *, reglement: ReglementAide, annee: int, montant: Decimal, par: Any, territoire: TerritoireAction | None = None
) -> EnveloppeAide:
    """Open the envelope of a règlement for a year and a territory (None: the département), or change its amount.

    Euros. Raises DroitInsuffisant, RegleMetier: an amount below what is consumed, or not above zero.
    """
    exiger(peut_fixer_enveloppe(par))
    if montant <= 0:
        raise RegleMetier("Le montant d’une enveloppe est supérieur à zéro.", champ="montant")
    enveloppe = (
        EnveloppeAide.objects.select_for_update()
        .filter(reglement__code=reglement.code, annee=annee, territoire=territoire)
        .first()
    )
    avant = {} if enveloppe is None else {"montant": enveloppe.montant}
    if enveloppe is None:
        enveloppe = EnveloppeAide(reglement=reglement, annee=annee, territoire=territoire)
    if montant < enveloppe.consomme:
        raise RegleMetier(
            f"{euros(enveloppe.consomme, 2)} sont déjà consommés\u00a0: l’enveloppe ne peut pas descendre en dessous.",
            champ="montant",
        )
    enveloppe.montant = montant
    enregistrer(enveloppe)
    journaliser(par=par, verbe="fixer_enveloppe", objet=enveloppe, avant=avant, apres={"montant": montant})
    return enveloppe
