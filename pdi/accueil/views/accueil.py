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
from ..tableaux import (
    COLONNES_AXES,
    COLONNES_FICHES,
    campagne_courante,
    etapes_de,
    mes_fiches,
    par_axe,
    programme_courant,
    suit_les_axes,
)


@login_required
def accueil(request: HttpRequest) -> HttpResponse:
    """Show what waits for the user, then where the year stands."""
    utilisateur: Any = request.user
    jour = timezone.localdate()
    programme = programme_courant(utilisateur, jour)
    campagne = campagne_courante(programme)
    contexte = {
        "files": files_de(utilisateur, jour),
        "programme": programme,
        "campagne": campagne,
        "etapes": etapes_de(campagne, jour) if campagne else [],
        "jours_assemblee": (campagne.assemblee_avant - jour).days if campagne else None,
        "mes_fiches": mes_fiches(utilisateur, campagne),
        "axes": par_axe(utilisateur, programme, campagne) if suit_les_axes(utilisateur) else [],
        "colonnes_fiches": COLONNES_FICHES,
        "colonnes_axes": COLONNES_AXES,
        "voit_campagne": utilisateur.a_role(*ROLES_DEPARTEMENT),
        "avis": derniers_avis(utilisateur),
        "rendez_vous": rendez_vous_de(utilisateur, jour),
        "raccourcis": raccourcis_de(utilisateur),
    }
    return render(request, "accueil/accueil.html", contexte)
