"""`manage.py preparer_demo`: migrations, data, report and welcome of the demonstration (see demonstration.py)."""

from __future__ import annotations

import hashlib
import io
import os
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from pdi.comptes.demo import comptes_de_demonstration
from pdi.outillage.sonde import interroger

ATTENTE_SERVICE_S = 120.0


class Command(BaseCommand):
    """Bring the data of the demonstration up to date, then say where to go."""

    help = "Prépare la démonstration : base, données, rapport. « make demo » appelle cette commande."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="port du site")

    def handle(self, *_args: Any, **options: Any) -> None:
        self.port: int = options["port"]
        self._migrer()
        self._charger()
        self._attendre_le_site()
        self._accueillir(rapport=self._compiler())
        call_command("publier_demo", stdout=self.stdout)  # not waited for: the address is given

    def _dire(self, message: str) -> None:
        self.stdout.write(f"· {message}")
        self.stdout.flush()

    def _migrer(self) -> None:
        """Apply the migrations that are missing; asking which costs less than the command that applies them."""
        executeur = MigrationExecutor(connection)
        if executeur.migration_plan(executeur.loader.graph.leaf_nodes()):
            self._dire("Structure de la base")
            call_command("migrate", verbosity=0, interactive=False)

    def _charger(self) -> None:
        """Load the demonstration when it is not, or when the fixtures have changed since."""
        marque: Path = settings.EMPLACEMENT.dossier / "demo.chargee"
        version = self._version_donnees()
        if marque.exists() and marque.read_text(encoding="ascii") == version:
            return
        self._dire("Données de démonstration")
        call_command("charger_demo")
        call_command("charger_demo_parcours")
        call_command("charger_demo_catalogue")
        call_command("charger_demo_offre")
        call_command("charger_demo_indicateurs")
        call_command("charger_demo_gouvernance")
        marque.write_text(version, encoding="ascii")

    @staticmethod
    def _version_donnees() -> str:
        resume = hashlib.sha256(os.environ.get("DATABASE_URL", "").encode())
        for chemin in sorted((settings.RACINE / "fixtures").rglob("*")):
            if chemin.is_file():
                resume.update(chemin.relative_to(settings.RACINE).as_posix().encode() + b"\0" + chemin.read_bytes())
        return resume.hexdigest()

    def _attendre_le_site(self) -> None:
        limite = time.monotonic() + ATTENTE_SERVICE_S
        while not (etat := interroger(f"http://127.0.0.1:{self.port}/sante")) or not all(etat.values()):
            if time.monotonic() > limite:
                muets = ", ".join(nom for nom, va in etat.items() if not va) or "le site"
                raise CommandError(f"Pas de réponse après {ATTENTE_SERVICE_S:.0f} s : {muets}.")
            time.sleep(0.1)

    def _compiler(self) -> str:
        """Have the worker compile the report; return the path of the PDF, or the reason why there is none."""
        self._dire("Rapport annuel d’exécution")
        sortie = io.StringIO()  # the command says its progress on the error output, the path on this one
        try:
            call_command("compiler_demo", stdout=sortie)
        except CommandError as erreur:
            return f"non compilé : {erreur}"
        return sortie.getvalue().strip().rpartition("\n")[2]

    def _accueillir(self, *, rapport: str) -> None:
        lignes = ["", f"  {settings.NOM_APPLICATION} – démonstration", "", f"  Adresse   http://localhost:{self.port}/"]
        lignes.append(f"  Rapport   {rapport}")
        comptes = comptes_de_demonstration()
        larges = [max(len(compte[i]) for compte in comptes) for i in range(2)]
        lignes += ["", "  Comptes (rôle, adresse, mot de passe)"]
        lignes += [f"    {role:<{larges[0]}}  {courriel:<{larges[1]}}  {mot}" for role, courriel, mot in comptes]
        lignes += ["", "  Ctrl-C arrête tout. « make demo » reprend ces données,"]
        lignes += ["  « make demo-reset » recommence à zéro.", ""]
        self.stdout.write("\n".join(lignes))
        self.stdout.flush()
