"""Run the computed indicators of a programme, or of all the département's own, for a year."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from actions.models import Programme
from actions.operations.anomalies import relever_anomalies
from actions.operations.calculs import calculer_indicateurs
from pdi.socle.contexte import depuis


class Command(BaseCommand):
    """`manage.py calculer_indicateurs [--programme CODE] [--annee AAAA]`."""

    help = "Calcule les indicateurs déclarés au registre et relève les anomalies."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--programme", help="code du programme (tous ceux du département par défaut)")
        parser.add_argument("--annee", type=int, default=timezone.localdate().year)

    def handle(self, *args: Any, **options: Any) -> None:
        programmes = Programme.objects.du_departement()
        if options["programme"]:
            programmes = programmes.filter(code=options["programme"])
            if not programmes:
                raise CommandError(f"Aucun programme du département n’a le code « {options['programme']} ».")
        with depuis("calculer_indicateurs"):
            for programme in programmes:
                if options["annee"] not in programme.annees:
                    continue
                calcul = calculer_indicateurs(programme=programme, annee=options["annee"], par=None)
                ouvertes = relever_anomalies(programme=programme, par=None)
                self.stdout.write(
                    f"{programme} : {calcul.calcules} indicateurs calculés, {calcul.changes} valeurs changées, "
                    f"{ouvertes} anomalies ouvertes."
                )
