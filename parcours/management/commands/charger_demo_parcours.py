"""Load the people of the demonstration: référentiels, then 2 000 fictitious people, once."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from offre.operations.demonstration import charger_sessions_demonstration, montrer_l_operateur
from parcours.operations.demonstration_demandes import charger_demandes_demonstration
from parcours.operations.demonstration_sessions import inscrire_la_demonstration
from parcours.operations.population import charger_population_demonstration
from pdi.socle.contexte import depuis
from pdi.socle.droits import RegleMetier

REFERENTIELS = "charger_referentiels_parcours"


class Command(BaseCommand):
    """`manage.py charger_demo_parcours [--personnes 2000]`: idempotent, after charger_demo."""

    help = "Charge les référentiels de parcours et une population fictive (sans la recharger si elle est là)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--personnes", type=int, default=2000, help="nombre de personnes (2000 par défaut)")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMONSTRATION_PERMISE:
            raise CommandError(
                "Des personnes fictives ne se mêlent pas à des données réelles : la commande est refusée ici. "
                "PDI_DEMONSTRATION=1 l’autorise."
            )
        debut = time.monotonic()
        if REFERENTIELS in get_commands():
            call_command(REFERENTIELS, enveloppes=timezone.localdate().year, stdout=self.stdout)
        try:
            with depuis("charger_demo_parcours"):
                montrer_l_operateur()
                bilan = charger_population_demonstration(personnes=options["personnes"], jour=timezone.localdate())
        except RegleMetier as erreur:
            raise CommandError(erreur.message) from erreur
        self._sessions()
        if bilan is None:
            self.stdout.write("Population : déjà là.")
            return
        self.stdout.write(
            self.style.SUCCESS(
                f"Population : {bilan.personnes} personnes fictives en {time.monotonic() - debut:.1f} s."
            )
        )

    def _sessions(self) -> None:
        """Load the sessions around today, and who is in them."""
        debut, jour = time.monotonic(), timezone.localdate()
        with depuis("charger_demo_parcours"):
            sessions = charger_sessions_demonstration(jour=jour)
            inscrits = inscrire_la_demonstration(jour=jour)
            demandes = charger_demandes_demonstration(jour=jour)
        if demandes:
            self.stdout.write(f"Demandes du public : {demandes} ajoutées.")
        if sessions:
            self.stdout.write(
                f"Sessions : {sessions} ajoutées, {inscrits} inscriptions, en {time.monotonic() - debut:.1f} s."
            )
