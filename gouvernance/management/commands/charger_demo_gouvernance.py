"""Load the meetings, decisions and participation of the demonstration, once."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from gouvernance.operations.demonstration import charger_demonstration
from gouvernance.operations.demonstration_avenants import charger_avenants
from gouvernance.operations.demonstration_ep import charger_equipes
from gouvernance.operations.demonstration_indicateurs import calculer_participation
from gouvernance.operations.demonstration_participation import charger_participation
from gouvernance.operations.ep_modeles import charger_modeles_lettres
from gouvernance.operations.instances import charger_instances
from pdi.socle.contexte import depuis


class Command(BaseCommand):
    """`manage.py charger_demo_gouvernance`: idempotent, after charger_demo."""

    help = "Charge les instances, puis deux années de séances et de décisions fictives (sans doublon)."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMONSTRATION_PERMISE:
            raise CommandError(
                "Des séances fictives ne se mêlent pas à des données réelles : la commande est refusée ici. "
                "PDI_DEMONSTRATION=1 l’autorise."
            )
        debut, dossier = time.monotonic(), Path(settings.DOSSIER_DONNEES)
        with depuis("charger_demo_gouvernance"):
            charger_instances(chemin=dossier / "gouvernance.json")
            charger_modeles_lettres()
            chemin = dossier / "demonstration" / "gouvernance.json"
            bilan = charger_demonstration(chemin=chemin, jour=timezone.localdate())
            chemin = dossier / "demonstration" / "participation.json"
            participation = charger_participation(chemin=chemin, jour=timezone.localdate())
            chemin = dossier / "demonstration" / "avenants.json"
            avenants = charger_avenants(chemin=chemin, jour=timezone.localdate())
            avant = time.monotonic()
            chemin = dossier / "demonstration" / "equipes.json"
            dossiers = charger_equipes(chemin=chemin, jour=timezone.localdate())
            if participation is not None:
                calculer_participation(jour=timezone.localdate())
        if avenants is not None:
            self.stdout.write(self.style.SUCCESS(f"Avenants : {avenants} avenants fictifs, et leurs propositions."))
        if dossiers:
            self.stdout.write(
                f"Équipes pluridisciplinaires : {dossiers} dossiers fictifs en {time.monotonic() - avant:.1f} s."
            )
        if participation is not None:
            self.stdout.write(
                self.style.SUCCESS(
                    f"Participation : {participation.dialogues} dialogues, {participation.propositions} propositions, "
                    f"{participation.reponses} réponses fictives."
                )
            )
        if bilan is None:
            self.stdout.write("Séances : déjà là.")
            return
        self.stdout.write(
            self.style.SUCCESS(
                f"Gouvernance : {bilan.seances} séances et {bilan.decisions} décisions fictives en "
                f"{time.monotonic() - debut:.1f} s."
            )
        )
