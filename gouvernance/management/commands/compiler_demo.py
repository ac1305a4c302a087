"""Compile the demonstration's report of last year in the real Celery worker, and wait for it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from actions.models import Programme
from gouvernance.contenu import empreinte, rassembler
from gouvernance.models import EtatVersion, VersionRapport
from gouvernance.operations import compiler_rapport
from pdi.comptes.models import Role, Utilisateur
from pdi.socle.models import EtatTraitement, Traitement
from pdi.socle.traitements import reprendre_abandonnes

PROGRAMME = "essonne-2022-2026"
PAS_S = 0.2
REPRISE_S = 15.0


class Command(BaseCommand):
    """Print the progress, then the path of the PDF."""

    help = "Compile le rapport annuel de la démonstration dans le travailleur Celery et attend sa fin."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--programme", default=PROGRAMME)
        parser.add_argument("--annee", type=int, help="exercice (par défaut, l’année passée)")
        parser.add_argument("--attente", type=float, default=300.0, help="secondes avant de renoncer")
        parser.add_argument("--forcer", action="store_true", help="compiler même si rien n’a changé")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            programme = Programme.objects.get(code=options["programme"])
        except Programme.DoesNotExist as erreur:
            raise CommandError("La démonstration n’est pas chargée : lancez « manage.py charger_demo ».") from erreur
        annee = options["annee"] or min(timezone.localdate().year - 1, programme.annee_fin)
        version = self._a_jour(programme, annee, forcer=options["forcer"])
        if version is None:
            version = self._compiler(programme, annee, options["attente"])
        self.stdout.write(str(Path(version.pdf.path)))

    def _a_jour(self, programme: Programme, annee: int, *, forcer: bool) -> VersionRapport | None:
        """Return the version that stands for today's content, if there is one with its file."""
        versions = VersionRapport.objects.filter(rapport__programme=programme, rapport__annee=annee)
        publiee = versions.filter(etat=EtatVersion.PUBLIEE).first()
        if publiee is not None:
            return publiee
        derniere = versions.first()
        if forcer or derniere is None or not Path(derniere.pdf.path).exists():
            return None
        if derniere.empreinte != empreinte(rassembler(programme, annee)):
            return None
        self.stderr.write(f"Le rapport {annee} est à jour : version {derniere.numero}.")
        return derniere

    def _compiler(self, programme: Programme, annee: int, attente: float) -> VersionRapport:
        responsable = Utilisateur.objects.filter(
            habilitations__role=Role.CHARGE_PROGRAMME, habilitations__periode__contains=timezone.localdate()
        ).first()
        if responsable is None:
            raise CommandError("Aucun compte de chargé de programme ne peut demander la compilation.")
        with transaction.atomic():
            traitement, _ = compiler_rapport(programme=programme, annee=annee, par=responsable)
        fini = self._suivre(traitement, attente)
        if fini.etat != EtatTraitement.TERMINE:
            raise CommandError(fini.erreur or f"La compilation est « {fini.get_etat_display().lower()} ».")
        return VersionRapport.objects.get(pk=fini.resultat["version"])

    def _suivre(self, traitement: Traitement, attente: float) -> Traitement:
        debut, montre, silence = time.monotonic(), ("", -1), time.monotonic()
        while traitement.actif:
            if time.monotonic() - debut > attente:
                raise CommandError("La compilation n’est pas finie : vérifiez qu’un travailleur Celery tourne.")
            if (traitement.etape, traitement.fait) != montre:
                montre, silence = (traitement.etape, traitement.fait), time.monotonic()
                self.stderr.write(f"{traitement.pourcentage:3d} %  {traitement.etape}")
            elif time.monotonic() - silence > REPRISE_S:
                silence = time.monotonic()
                reprendre_abandonnes()
            time.sleep(PAS_S)
            traitement.refresh_from_db()
        return traitement
