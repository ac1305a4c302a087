"""What the tests of aids share: a règlement with a ceiling, a request."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from parcours.models import AttributionAide
from parcours.operations import aides as ops
from parcours.operations.aides import SaisieAide

D = Decimal
PLAFOND = {"nature": "plafond", "code": "total", "libelle": "Plafond annuel", "montant": 600, "par": "an"}


def jour() -> datetime.date:
    return timezone.localdate()


def saisie(reglement, montant=100, **plus: Any) -> SaisieAide:
    return SaisieAide(reglement, "Pass Navigo", D(montant), plus.pop("le", jour()), **plus)


def demander(personne, reglement, referent, montant=100, **plus: Any) -> AttributionAide:
    malgre = plus.pop("malgre", False)
    return ops.demander_aide(personne=personne, saisie=saisie(reglement, montant, **plus), par=referent, malgre=malgre)
