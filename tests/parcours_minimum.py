"""The least the population generator needs: communes in two territories, a référentiel of exits, a few lists."""

from __future__ import annotations

import datetime

from django.db.backends.postgresql.psycopg_any import DateRange

from parcours.models import CategorieSortie, NatureMotif
from pdi.territoires.models import CommuneTerritoire
from tests import fabriques_parcours as f
from tests.fabriques import StructureFactory

DEPUIS_2022 = DateRange(datetime.date(2022, 1, 1), None)


def charger_le_minimum() -> None:
    """Create it. One commune in six has no territory; the territories begin in 2022."""
    for rang, code in enumerate(("tad-centre", "tad-sud-est")):
        territoire = f.TerritoireFactory.create(code=code, nom=code.upper(), validite=DEPUIS_2022)
        for numero in range(3):
            insee = 100 * rang + numero + 100
            commune = f.CommuneFactory.create(code=f"91{insee}", nom=f"Valmarche {insee}", population=5000 * numero)
            if not (rang and numero == 0):
                CommuneTerritoire.objects.create(commune=commune, territoire=territoire, validite=DEPUIS_2022)
    referentiel = f.ReferentielSortieFactory.create(code="essonne", duree_min_jours=20)
    for categorie in CategorieSortie.values:
        for numero in (1, 2):
            f.TypeSortieFactory.create(referentiel=referentiel, code=f"{categorie}-{numero}", categorie=categorie)
    for nature in NatureMotif.values:
        f.MotifFactory.create(nature=nature, code=f"{nature}-1")
    f.ReglementAideFactory.create(code="apre")
    f.ReglementAideFactory.create(code="fdaj", composantes=["urgence"])
    for numero in (1, 2, 3):
        operateur = StructureFactory.create(nom=f"Opérateur {numero}")
        f.OffreFactory.create(
            numero=f"1.{numero}", places=40 * numero, places_unite="heures" if numero == 3 else "places",
            operateurs=[operateur], prescription_prestataire=True, auto_prescription=True,
        )  # fmt: skip
    grille = f.GrilleFactory.create(code="entree")
    for numero in range(3):
        theme = f.ThemeFactory.create(grille=grille, code=f"theme-{numero}")
        for situation in range(3):
            f.SituationThemeFactory.create(theme=theme, code=f"{theme.code}-{situation}", niveau=situation)
