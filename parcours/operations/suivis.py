"""Follow-ups after an exit, and levels of insertion before and after an action."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from parcours.droits.sorties import peut_noter_suivi, peut_suivre_action
from parcours.models import PalierInsertion, Prescription, SituationSuivi, SuiviPostSortie
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.operations import enregistrer, etat_de, journaliser


@transaction.atomic
def noter_suivi(
    *, suivi: SuiviPostSortie, situation: str, recueilli_le: datetime.date, par: Any, commentaire: str = ""
) -> SuiviPostSortie:
    """Enter what became of the person; `injoignable` counts as no answer. Entering it again corrects it.

    Raises DroitInsuffisant, and RegleMetier: unknown situation, a day to come or before the exit.
    """
    lus = SuiviPostSortie.objects.select_for_update(of=("self",)).select_related("sortie__personne")
    lu: SuiviPostSortie = lus.get(pk=suivi.pk)
    exiger(peut_noter_suivi(par, lu.sortie))
    if situation not in SituationSuivi.values:
        raise RegleMetier("Choisissez la situation de la personne, ou « Injoignable ».", champ="situation")
    if recueilli_le > timezone.localdate():
        raise RegleMetier("Cette date est à venir : notez le suivi une fois fait.", champ="recueilli_le")
    if recueilli_le < lu.sortie.date:
        raise RegleMetier(
            f"Le suivi ne peut pas précéder la sortie, le {lu.sortie.date:%d/%m/%Y}.", champ="recueilli_le"
        )
    champs = ("situation", "recueilli_le")
    avant = etat_de(lu, champs)
    lu.situation, lu.recueilli_le, lu.recueilli_par = situation, recueilli_le, par
    lu.commentaire = commentaire.strip()
    enregistrer(lu)
    journaliser(par=par, verbe="noter_suivi", objet=lu, avant=avant, apres=etat_de(lu, champs))
    return lu


@transaction.atomic
def noter_palier(*, prescription: Prescription, avant: int, par: Any, apres: int | None = None) -> PalierInsertion:
    """Write the level of insertion at the entry of an action, and at its end when it is known (1 to 5).

    Raises DroitInsuffisant, and RegleMetier out of the scale.
    """
    lue = Prescription.objects.select_for_update(of=("self",)).select_related("personne").get(pk=prescription.pk)
    exiger(peut_suivre_action(par, lue))
    palier = PalierInsertion.objects.filter(prescription=lue).first() or PalierInsertion(prescription=lue)
    ancien = etat_de(palier, ("avant", "apres")) if palier.pk else {}
    palier.avant, palier.apres = avant, apres
    enregistrer(palier)
    journaliser(par=par, verbe="noter_palier", objet=palier, avant=ancien, apres=etat_de(palier, ("avant", "apres")))
    return palier
