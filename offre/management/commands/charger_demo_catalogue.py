"""Complete the catalogue of the demonstration: places, capacities, contacts, sheets under review."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from offre.operations.demonstration_catalogue import charger_catalogue_demonstration
from pdi.socle.contexte import depuis


class Command(BaseCommand):
    """`manage.py charger_demo_catalogue`: idempotent, after charger_demo and charger_demo_parcours."""

    help = "Complète le catalogue de la démonstration (lieux, capacités, contacts, fiches en relecture)."

    def handle(self, *_args: Any, **_options: Any) -> None:
        if not settings.DEMONSTRATION_PERMISE:
            raise CommandError(
                "Des données fictives ne se mêlent pas à des données réelles : la commande est refusée ici. "
                "PDI_DEMONSTRATION=1 l’autorise."
            )
        with depuis("charger_demo_catalogue"):
            completees = charger_catalogue_demonstration(jour=timezone.localdate())
        self.stdout.write(f"Catalogue : {completees} offres complétées." if completees else "Catalogue : déjà là.")
