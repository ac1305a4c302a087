"""Write docs/etats.md from the transition tables, or check that it is up to date."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pdi.socle.etats import automates_declares, document_des_etats

CHEMIN = Path(__file__).resolve().parents[4] / "docs" / "etats.md"


class Command(BaseCommand):
    """`manage.py documenter_etats [--verifier]`."""

    help = "Écrit docs/etats.md depuis les tables de transitions ; --verifier échoue si le fichier n’est pas à jour."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--verifier", action="store_true", help="ne rien écrire, échouer si le fichier diffère")

    def handle(self, *args: Any, **options: Any) -> None:
        document = document_des_etats(automates_declares())
        actuel = CHEMIN.read_text(encoding="utf-8") if CHEMIN.exists() else ""
        if options["verifier"]:
            if document != actuel:
                raise CommandError("docs/etats.md n’est pas à jour : lancez « manage.py documenter_etats ».")
            self.stdout.write("docs/etats.md est à jour.")
            return
        CHEMIN.write_text(document, encoding="utf-8")
        self.stdout.write(f"{CHEMIN.name} : {len(automates_declares())} automates.")
