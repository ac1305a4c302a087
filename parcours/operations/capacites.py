"""Places of receiving structures: a new number from a day on, the one before ends the day before."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from parcours.droits.orientation import peut_fixer_capacite
from parcours.models import CapaciteAccueil, ModeAccompagnement
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.operations import enregistrer, journaliser
from pdi.structures.models import Structure


@transaction.atomic
def fixer_capacite(
    *, structure: Structure, mode: str, places: int | None, le: datetime.date, par: Any
) -> CapaciteAccueil | None:
    """Set the places of `structure` for `mode` (empty: all modes) from `le` on; None ends the limit, returns None.

    The capacity in force ends the day before; one fixed that very day is replaced. Nobody already oriented is moved:
    an overflow is shown. Raises DroitInsuffisant, and RegleMetier when a later capacity exists or there is no limit
    to end.
    """
    structure = Structure.objects.select_for_update(of=("self",)).get(pk=structure.pk)
    exiger(peut_fixer_capacite(par, structure))
    siennes = list(CapaciteAccueil.objects.filter(structure=structure, mode=mode).order_by("periode"))
    suivante = next((c for c in siennes if c.periode.lower is not None and c.periode.lower > le), None)
    if suivante is not None:
        raise RegleMetier(
            f"Une capacité est déjà fixée à partir du {suivante.periode.lower:%d/%m/%Y} : choisissez une date "
            "postérieure.",
            champ="le",
        )
    actuelle = next((c for c in siennes if le in c.periode), None)
    if actuelle is None and places is None:
        raise RegleMetier("Aucune limite n’est fixée à cette date : il n’y a rien à lever.", champ="places")
    avant = {"places": actuelle.places} if actuelle else {}
    if actuelle is not None:
        if actuelle.periode.lower == le:
            actuelle.delete()
        else:
            actuelle.periode = DateRange(actuelle.periode.lower, le)
            actuelle.save(update_fields=["periode"])
    pour = ModeAccompagnement(mode).label if mode else "tous les accompagnements"
    apres = {"places": "sans limite" if places is None else places, "accompagnement": pour, "à partir du": le}
    journaliser(par=par, verbe="fixer_capacite", objet=structure, avant=avant, apres=apres)
    if places is None:
        return None
    capacite = CapaciteAccueil(structure=structure, mode=mode, places=places, periode=DateRange(le, None))
    enregistrer(capacite)
    return capacite
