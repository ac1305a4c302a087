"""What the tests of values share."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from actions.models import (
    Indicateur,
    MesureIndicateur,
)
from actions.operations.mesures import Saisie, saisir_mesures
from actions.regles.echeances import periode_annuelle
from pdi.comptes.models import Utilisateur

D = Decimal
ANNEE = periode_annuelle(2025)


def saisir(indicateur: Indicateur, par: Utilisateur, **valeurs: Any) -> int:
    periode = valeurs.pop("periode", ANNEE)
    saisie = Saisie(indicateur_id=indicateur.pk, periode=periode, **valeurs)
    return saisir_mesures(fiche=indicateur.fiche, saisies=[saisie], par=par)


def courante(indicateur: Indicateur) -> MesureIndicateur:
    return indicateur.mesures.get(remplacee_le=None)
