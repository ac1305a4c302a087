"""Load communes, EPCI and action territories of some départements."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from pdi.socle.droits import RegleMetier
from pdi.territoires.operations import charger_decoupage, charger_fichiers_territoires


class Command(BaseCommand):
    """manage.py charger_territoires --departements 91,71,19,78."""

    help = "Charge les communes, les EPCI et les territoires d’action des départements donnés (sans doublon)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--departements",
            default=settings.DEPARTEMENT_CODE,
            help="codes INSEE séparés par des virgules (par défaut, le département de l’application)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        codes = [code.strip().upper() for code in options["departements"].split(",") if code.strip()]
        try:
            bilan = charger_decoupage(departements=codes)
        except RegleMetier as erreur:
            raise CommandError(erreur.message) from erreur
        rattachees = charger_fichiers_territoires(dossier=Path(settings.DOSSIER_DONNEES) / "territoires")
        self.stdout.write(
            f"{bilan.departements} départements, {bilan.epci} EPCI, {bilan.communes} communes ; "
            f"{rattachees} communes nouvellement rattachées à un territoire d’action."
        )
