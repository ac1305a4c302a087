"""The printing of the catalogue: what will be printed, then the job."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from offre.operations.impression import FORMES, OFFRES_MAX, editer_catalogue
from pdi.socle.droits import RegleMetier

from .catalogue import liste_de


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def offres_imprimer(request: HttpRequest) -> HttpResponse:
    """Say what the filter holds, and launch the document."""
    liste = liste_de(request)
    liste.nommer()
    if request.method == "POST":
        try:
            traitement, cree = editer_catalogue(
                requete=liste.filtres.requete.removeprefix("?"), forme=request.POST.get("forme", ""), par=request.user
            )
        except RegleMetier as refus:
            messages.warning(request, refus.message)
        else:
            if not cree:
                messages.info(request, "Ce document est déjà en préparation : le voici.")
            return redirect("socle:traitement", traitement.pk)
    contexte = {
        "filtres": liste.filtres,
        "total": liste.trouvees.count(),
        "formes": FORMES,
        "maximum": OFFRES_MAX["pdf"],
    }
    return render(request, "offre/imprimer.html", contexte)
