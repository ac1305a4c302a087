"""`manage.py demo`: what `make demo` runs once everything is installed."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pdi.outillage.demonstration import Demonstration, DemonstrationImpossible


class Command(BaseCommand):
    """Start the demonstration and stay until Ctrl-C."""

    help = "Démarre la démonstration : serveurs embarqués, données, travailleur, site. Ctrl-C arrête tout."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="port du site (8000 par défaut)")
        parser.add_argument("--effacer", action="store_true", help="repart de données vides")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            Demonstration(port=options["port"]).tourner(effacer=options["effacer"])
        except DemonstrationImpossible as erreur:
            raise CommandError(str(erreur)) from erreur
