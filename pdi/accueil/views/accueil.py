"""The home page: my queues, the campaign, my fiches or the axes."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from pdi.comptes.models import ROLES_DEPARTEMENT

from ..files import derniers_avis, files_de
from ..journee import raccourcis_de, rendez_vous_de
from ..tableaux import COLONNES_FICHES, mes_fiches, situations_de


@login_required
def accueil(request: HttpRequest) -> HttpResponse:
    """Show what waits for the user, then where the year stands."""
    utilisateur: Any = request.user
    jour = timezone.localdate()
    situations = situations_de(utilisateur, jour)
    contexte = {
        "files": files_de(utilisateur, jour),
        "situations": situations,
        "mes_fiches": mes_fiches(utilisateur, situations),
        "colonnes_fiches": COLONNES_FICHES,
        "voit_campagne": utilisateur.a_role(*ROLES_DEPARTEMENT),
        "avis": derniers_avis(utilisateur),
        "rendez_vous": rendez_vous_de(utilisateur, jour),
        "raccourcis": raccourcis_de(utilisateur),
    }
    return render(request, "accueil/accueil.html", contexte)
