"""Load the bodies of the five source documents, and the models of the letters of équipes pluridisciplinaires."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from gouvernance.operations.ep_modeles import charger_modeles_lettres
from gouvernance.operations.instances import charger_instances
from pdi.socle.contexte import depuis


class Command(BaseCommand):
    """`manage.py charger_instances`: idempotent."""

    help = "Charge les instances des programmes sources (sans doublon) ; celles des autres départements en référence."

    def handle(self, *args: Any, **options: Any) -> None:
        with depuis("charger_instances"):
            ajoutees = charger_instances(chemin=Path(settings.DOSSIER_DONNEES) / "gouvernance.json")
            modeles = charger_modeles_lettres()
        self.stdout.write(
            self.style.SUCCESS(f"Instances : {ajoutees} ajoutées. Modèles de lettres : {modeles} ajoutés.")
        )
