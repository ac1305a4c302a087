"""Load the demonstration: territories, structures, programmes, accounts, values, campaigns."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from actions.operations.demonstration.charger import charger_demonstration
from pdi.socle.contexte import depuis
from pdi.socle.droits import RegleMetier


class Command(BaseCommand):
    """manage.py charger_demo: idempotent, relative to today's date."""

    help = "Charge la démonstration : quatre programmes réels, des comptes et des valeurs fictives (sans doublon)."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMONSTRATION_PERMISE:
            raise CommandError(
                "La démonstration crée des comptes dont le mot de passe est public : elle est refusée ici. "
                "PDI_DEMONSTRATION=1 l’autorise."
            )
        debut = time.monotonic()
        try:
            with depuis("charger_demo"):
                charger_demonstration(
                    dossier=Path(settings.DOSSIER_DONNEES), jour=timezone.localdate(), dire=self.stdout.write
                )
        except RegleMetier as erreur:
            raise CommandError(erreur.message) from erreur
        self.stdout.write(self.style.SUCCESS(f"Démonstration prête en {time.monotonic() - debut:.1f} s."))
