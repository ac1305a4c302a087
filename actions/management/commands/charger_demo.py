"""Load the demonstration: territories, structures, programmes, accounts, values, campaigns."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from actions.operations.chargement import charger_programmes
from pdi.socle.contexte import depuis
from pdi.socle.droits import RegleMetier
from pdi.territoires.operations import charger_decoupage, charger_fichiers_territoires

DEPARTEMENTS = ("91", "71", "19", "78")
REFERENCES = frozenset({"saone-et-loire-2013-2018", "yvelines-2010-2015"})


class Command(BaseCommand):
    """manage.py charger_demo: idempotent, relative to today's date."""

    help = "Charge la démonstration : quatre programmes réels, des comptes et des valeurs fictives (sans doublon)."

    def handle(self, *args: Any, **options: Any) -> None:
        debut = time.monotonic()
        dossier = Path(settings.DOSSIER_DONNEES)
        try:
            with depuis("charger_demo"):
                self._charger(dossier)
        except RegleMetier as erreur:
            raise CommandError(erreur.message) from erreur
        self.stdout.write(self.style.SUCCESS(f"Démonstration prête en {time.monotonic() - debut:.1f} s."))

    def _charger(self, dossier: Path) -> None:
        geographie = charger_decoupage(departements=DEPARTEMENTS)
        charger_fichiers_territoires(dossier=dossier / "territoires")
        self.stdout.write(f"Territoires : {geographie.communes} communes, {geographie.epci} EPCI.")
        bilan = charger_programmes(dossier=dossier, references=REFERENCES, demonstration=True)
        self.stdout.write(
            f"Programmes : {bilan.programmes} programmes, {bilan.fiches} fiches, {bilan.indicateurs} indicateurs, "
            f"{bilan.anomalies} anomalies des sources."
        )
