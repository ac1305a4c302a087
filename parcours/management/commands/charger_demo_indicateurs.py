"""Compute the figures about people in the demonstration, and freeze those of the years that are over."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from parcours.operations.demonstration_indicateurs import calculer_la_demonstration
from pdi.socle.contexte import depuis


class Command(BaseCommand):
    """`manage.py charger_demo_indicateurs`: idempotent, after the other commands of the demonstration."""

    help = "Relie, calcule et gèle les indicateurs de la démonstration (sans doublon)."

    def handle(self, *_args: Any, **_options: Any) -> None:
        if not settings.DEMONSTRATION_PERMISE:
            raise CommandError(
                "Les chiffres d’une population fictive ne se mêlent pas à des données réelles : la commande est "
                "refusée ici. PDI_DEMONSTRATION=1 l’autorise."
            )
        debut = time.monotonic()
        with depuis("charger_demo_indicateurs"):
            valeurs = calculer_la_demonstration(jour=timezone.localdate())
        self.stdout.write(
            f"Indicateurs : {valeurs} valeurs calculées en {time.monotonic() - debut:.1f} s."
            if valeurs
            else "Indicateurs : déjà calculés."
        )
