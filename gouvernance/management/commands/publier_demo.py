"""Publish an earlier report of the demonstration, compiled by the worker without being waited for."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from actions.models import Programme
from gouvernance.operations.demonstration import PROGRAMME
from gouvernance.operations.demonstration_rapport import exercice_a_publier, lancer_publication
from pdi.comptes.models import Role, Utilisateur


class Command(BaseCommand):
    """`manage.py publier_demo`: idempotent, after charger_demo; the public page of the pact then has a report."""

    help = "Fait compiler et publier par le travailleur le rapport d’un exercice antérieur de la démonstration."

    def handle(self, *args: Any, **options: Any) -> None:
        programme = Programme.objects.filter(code=PROGRAMME, demonstration=True).first()
        responsable = Utilisateur.objects.filter(
            habilitations__role=Role.CHARGE_PROGRAMME, habilitations__periode__contains=timezone.localdate()
        ).first()
        if not settings.DEMONSTRATION_PERMISE or programme is None or responsable is None:
            return
        annee = exercice_a_publier(programme, timezone.localdate().year - 1)
        if annee is not None and lancer_publication(programme=programme, annee=annee, par=responsable):
            self.stdout.write(
                f"  Le rapport {annee} se compile à son tour : dans une minute, la page publique /pacte/ le montre.\n"
            )
