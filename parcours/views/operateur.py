"""The space of an operator."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from parcours.droits.reponses import peut_ouvrir_espace
from parcours.espace import EspaceOperateur
from pdi.socle.droits import exiger
from pdi.socle.tri import Colonne

COLONNES_ATTENTE = (
    Colonne("Personne, naissance"), Colonne("Action"), Colonne("Prescrite par"), Colonne("Attente"),
)  # fmt: skip
COLONNES_SESSIONS = (
    Colonne("Session, offre"), Colonne("Dates"), Colonne("État"), Colonne("Libres", nb=True),
    Colonne("En attente", nb=True),
)  # fmt: skip
COLONNES_OFFRES = (
    Colonne("Offre"), Colonne("Reçues", nb=True), Colonne("À répondre", nb=True), Colonne("En action", nb=True),
    Colonne("Achevées", nb=True), Colonne("Refusées", nb=True),
)  # fmt: skip


@login_required
@never_cache
@require_GET
def espace(request: HttpRequest) -> HttpResponse:
    """Show what waits for the operator, then what it has and what it did."""
    exiger(peut_ouvrir_espace(request.user))
    contexte = {
        "espace": EspaceOperateur(request.user, timezone.localdate()), "colonnes_attente": COLONNES_ATTENTE,
        "colonnes_sessions": COLONNES_SESSIONS, "colonnes_offres": COLONNES_OFFRES,
    }  # fmt: skip
    return render(request, "parcours/espace/espace.html", contexte)
