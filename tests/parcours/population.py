"""A generated population for the tests of statistics: référentiels, territories, offers, people, expected values."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.backends.postgresql.psycopg_any import DateRange

from offre.models import OffreInsertion
from parcours.operations.population import generer_population
from parcours.operations.referentiels import charger_referentiels
from pdi.territoires.models import Commune, CommuneTerritoire, Departement, TerritoireAction
from tests.fabriques_parcours import OffreFactory

COUPURE = datetime.date(2024, 6, 1)


def preparer_monde() -> None:
    """Load the référentiels; make three territories of twelve communes, one of which changes territory."""
    charger_referentiels(dossier=Path(settings.DOSSIER_DONNEES) / "parcours")
    departement, _ = Departement.objects.get_or_create(code=settings.DEPARTEMENT_CODE, defaults={"nom": "Valmarche"})
    depuis = datetime.date(2015, 1, 1)
    territoires = [
        TerritoireAction.objects.create(
            departement=departement, nature="TAD", code=f"tad-{nom}", nom=f"TAD {nom}", validite=DateRange(depuis, None)
        )
        for nom in ("nord", "sud", "est")
    ]
    for n in range(12):
        commune = Commune.objects.create(
            code=f"{settings.DEPARTEMENT_CODE}{900 + n}", nom=f"Valmarche-{n}", departement=departement,
            codes_postaux=["91000"], population=1000 * (n + 1),
        )  # fmt: skip
        if n == 11:  # in no territory
            continue
        premiere = DateRange(depuis, COUPURE if n == 4 else None)
        CommuneTerritoire.objects.create(commune=commune, territoire=territoires[n % 3], validite=premiere)
        if n == 4:
            CommuneTerritoire.objects.create(
                commune=commune, territoire=territoires[2], validite=DateRange(COUPURE, None)
            )
    if not OffreInsertion.objects.exists():
        for numero, places, unite in (("1.1", 50, "places"), ("1.5", 15, "places"), ("2.4", None, ""),
                                      ("3.5", 300, "heures"), ("3.1", 90, "stagiaires/an")):  # fmt: skip
            OffreFactory.create(
                departement=departement, numero=numero, places=places, places_unite=unite, etat="publiee"
            )


def peupler(personnes: int, graine: int, au: datetime.date) -> dict[str, Any]:
    """Generate people and return the content of the file of expected values."""
    bilan = generer_population(personnes=personnes, graine=graine, au=au, attendus=True)
    assert bilan.attendus is not None
    return bilan.attendus
