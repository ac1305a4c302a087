"""Statistics about people: every indicator of a year by territory, the OARSA tables, at 50 000 and 200 000 people.

Baseline: PostgreSQL reading the same rows one after the other, once each (count over the tables the indicators read).
The population is generated once and grows from one size to the next.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection

from parcours import oarsa
from parcours.indicateurs import FORMULES
from parcours.models import Personne
from parcours.operations.population import generer_population
from parcours.operations.referentiels import charger_referentiels
from parcours.statistiques import moteur
from pdi.territoires.models import Commune
from pdi.territoires.operations import charger_decoupage, charger_fichiers_territoires

from .registre import mesure

Action = Callable[[], object]
AU = datetime.date(2026, 11, 22)
ANNEE = 2025


def _peupler(taille: int) -> None:
    """Complete the population to `taille` people, once for all the measures of that size."""
    donnees = Path(settings.DOSSIER_DONNEES)
    if not Commune.objects.exists():
        charger_decoupage(departements=[settings.DEPARTEMENT_CODE])
        charger_fichiers_territoires(dossier=donnees / "territoires")
        charger_referentiels(dossier=donnees / "parcours")
        from offre.operations.chargement import charger_offres

        charger_offres(dossier=donnees)
    presentes = Personne.objects.exclude(places__role="ENF").count()
    if presentes < taille:
        generer_population(personnes=taille - presentes, graine=taille, au=AU)
        with connection.cursor() as curseur:
            curseur.execute("SET statement_timeout = 0")
            curseur.execute("VACUUM ANALYZE")
            curseur.execute("RESET statement_timeout")


def _parcours_sequentiel() -> None:
    """Read every row of the tables the indicators read, without any index."""
    with connection.cursor() as curseur:
        curseur.execute("SET enable_indexscan = off; SET enable_indexonlyscan = off; SET enable_bitmapscan = off")
        for table in (*moteur.SOURCES.values(), "parcours_personne", "parcours_adresse"):
            curseur.execute(f"SELECT count(*) FROM {table}")  # noqa: S608
        curseur.execute("RESET enable_indexscan; RESET enable_indexonlyscan; RESET enable_bitmapscan")


def _indicateurs(taille: int) -> Iterator[Action]:
    _peupler(taille)
    yield lambda: moteur.calculer(FORMULES, moteur.Moment.de(ANNEE, AU), ("territoire",))
    yield _parcours_sequentiel


def _oarsa(taille: int) -> Iterator[Action]:
    _peupler(taille)
    yield lambda: oarsa.tableaux(moteur.Moment.de(ANNEE, AU))
    yield _parcours_sequentiel


@mesure("indicateurs_50000", taille=50_000, reference="parcours_sequentiel")
def indicateurs_50000() -> Iterator[Action]:
    """All the indicators of a year, by territory, at 50 000 people."""
    yield from _indicateurs(50_000)


@mesure("oarsa_50000", taille=50_000, reference="parcours_sequentiel")
def oarsa_50000() -> Iterator[Action]:
    """The six OARSA tables with every breakdown, at 50 000 people."""
    yield from _oarsa(50_000)


@mesure("indicateurs_200000", taille=200_000, reference="parcours_sequentiel")
def indicateurs_200000() -> Iterator[Action]:
    """All the indicators of a year, by territory, at 200 000 people."""
    yield from _indicateurs(200_000)


@mesure("oarsa_200000", taille=200_000, reference="parcours_sequentiel")
def oarsa_200000() -> Iterator[Action]:
    """The six OARSA tables with every breakdown, at 200 000 people."""
    yield from _oarsa(200_000)
