"""Load the reference data of people's paths, and the offer they are prescribed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from offre.operations.chargement import charger_offres
from parcours.operations.indicateurs import BilanLiaisons, lier_indicateurs
from parcours.operations.referentiels import charger_referentiels
from pdi.socle.contexte import depuis
from pdi.socle.droits import RegleMetier


class Command(BaseCommand):
    """manage.py charger_referentiels_parcours: idempotent, leaves alone what is already there."""

    help = (
        "Charge régimes, motifs, grille, règles d’orientation, règlements d’aides, sorties, l’offre d’insertion, "
        "et relie les indicateurs des fiches à leur calcul."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--enveloppes", type=int, metavar="ANNÉE", help="ajoute des enveloppes d’aides fictives pour cette année"
        )
        parser.add_argument("--sans-offre", action="store_true", help="ne charge pas le catalogue de l’offre")

    def handle(self, *args: Any, **options: Any) -> None:
        donnees = Path(settings.DOSSIER_DONNEES)
        try:
            with depuis("charger_referentiels_parcours"):
                bilan = charger_referentiels(
                    dossier=donnees / "parcours",
                    enveloppes=options["enveloppes"],
                    departement=settings.DEPARTEMENT_CODE,
                )
                offres = 0 if options["sans_offre"] else charger_offres(dossier=donnees)
                liens = lier_indicateurs(par=None)
        except RegleMetier as erreur:
            raise CommandError(erreur.message) from erreur
        self.stdout.write(
            self.style.SUCCESS(f"Référentiels du parcours chargés : {bilan.ajouts} ajouts, {offres} offres ajoutées.")
        )
        self._dire_liens(liens)

    def _dire_liens(self, liens: BilanLiaisons) -> None:
        """Say what the indicators of fiches became: computed, or left alone and why."""
        if liens.lies:
            self.stdout.write(f"Indicateurs des fiches : {liens.lies} reliés à leur calcul.")
        if liens.saisis:
            self.stdout.write(f"Laissés à leurs valeurs saisies ou à leur calcul : {', '.join(liens.saisis)}.")
        if liens.absents:
            self.stdout.write(f"Introuvables dans le programme : {', '.join(liens.absents)}.")
