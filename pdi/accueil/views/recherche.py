"""The global search page."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ..recherche import LONGUEUR_MIN, chercher


@login_required
def recherche(request: HttpRequest) -> HttpResponse:
    """Show the answers to `q`, grouped by kind."""
    saisie = request.GET.get("q", "").strip()
    groupes = chercher(request.user, saisie)
    contexte = {
        "saisie": saisie,
        "groupes": groupes,
        "total": sum(g.total for g in groupes),
        "trop_court": 0 < len(saisie) < LONGUEUR_MIN,
    }
    return render(request, "accueil/recherche.html", contexte)
