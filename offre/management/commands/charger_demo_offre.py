"""Load the conventions, statements and realisations of the demonstration, once."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from offre.operations.demonstration_conventions import charger_offre_demonstration
from pdi.socle.contexte import depuis


class Command(BaseCommand):
    """`manage.py charger_demo_offre`: idempotent, after charger_demo_parcours."""

    help = "Charge des conventions, des bilans d’opérateurs et des réalisations fictifs (sans doublon)."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMONSTRATION_PERMISE:
            raise CommandError(
                "Des conventions fictives ne se mêlent pas à des données réelles : la commande est refusée ici. "
                "PDI_DEMONSTRATION=1 l’autorise."
            )
        debut = time.monotonic()
        chemin = Path(settings.DOSSIER_DONNEES) / "demonstration" / "offre.json"
        with depuis("charger_demo_offre"):
            bilan = charger_offre_demonstration(chemin=chemin, jour=timezone.localdate())
        if bilan is None:
            self.stdout.write("Conventions : déjà là.")
            return
        self.stdout.write(
            self.style.SUCCESS(
                f"Offre : {bilan.conventions} conventions, {bilan.bilans} bilans et {bilan.realisations} réalisations "
                f"fictifs en {time.monotonic() - debut:.1f} s."
            )
        )
