"""Generate a fictitious population, and the expected value of every indicator."""

from __future__ import annotations

import datetime
import json
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from parcours.operations.population import generer_population
from pdi.socle.contexte import depuis
from pdi.socle.droits import RegleMetier


class Command(BaseCommand):
    """`manage.py generer_population --personnes N --graine S [--au AAAA-MM-JJ] [--expected FICHIER]`."""

    help = "Ajoute des personnes fictives, marquées comme telles, avec cinq ans d’histoire."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--personnes", type=int, required=True, help="nombre de personnes")
        parser.add_argument("--graine", type=int, required=True, help="même graine, mêmes personnes")
        parser.add_argument("--au", type=datetime.date.fromisoformat, help="dernier jour (aujourd’hui par défaut)")
        parser.add_argument("--expected", type=Path, help="fichier JSON des valeurs attendues des indicateurs")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMONSTRATION_PERMISE:
            raise CommandError(
                "Des personnes fictives ne se mêlent pas à des données réelles : la commande est refusée ici. "
                "PDI_DEMONSTRATION=1 l’autorise."
            )
        debut = time.monotonic()
        try:
            with depuis("generer_population"):
                bilan = generer_population(
                    personnes=options["personnes"],
                    graine=options["graine"],
                    au=options["au"] or timezone.localdate(),
                    attendus=options["expected"] is not None,
                    dire=self.stdout.write if options["verbosity"] > 1 else lambda _: None,
                )
        except RegleMetier as erreur:
            raise CommandError(erreur.message) from erreur
        if options["expected"]:
            texte = json.dumps(bilan.attendus, ensure_ascii=False, indent=1, sort_keys=True)
            options["expected"].write_text(texte + "\n", encoding="utf-8")
        lignes = sum(bilan.lignes.values())
        self.stdout.write(
            self.style.SUCCESS(
                f"{bilan.personnes} personnes fictives et {bilan.enfants} enfants de leurs foyers ({lignes} lignes) "
                f"en {time.monotonic() - debut:.1f} s."
            )
        )
