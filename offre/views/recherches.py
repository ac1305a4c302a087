"""Alerts of the catalogue: one's kept searches, each told by e-mail or not; the stop link of the e-mails."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from offre.operations import alertes as operations
from pdi.socle.droits import RegleMetier
from pdi.socle.models import FiltreEnregistre


@login_required
@require_safe
def alertes(request: HttpRequest) -> HttpResponse:
    """List one's kept searches of the catalogue and their alerts."""
    miennes = FiltreEnregistre.objects.visibles_par(request.user).filter(liste=operations.LISTE)
    lignes = [(r, getattr(r, "alerte_offres", None)) for r in miennes.select_related("alerte_offres")]
    return render(request, "offre/alertes.html", {"recherches": lignes})


@login_required
@require_POST
def alerte_regler(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the alert of a search, or stop it."""
    miennes = FiltreEnregistre.objects.visibles_par(request.user).filter(liste=operations.LISTE)
    recherche = get_object_or_404(miennes, pk=pk)
    if request.POST.get("alerte") != "oui":
        operations.arreter_alerte(recherche=recherche, par=request.user)
        messages.success(request, f"Vous ne recevrez plus de courriel pour « {recherche} ».")
        return redirect("offre:alertes")
    try:
        operations.activer_alerte(recherche=recherche, par=request.user)
    except RegleMetier as refus:
        messages.warning(request, refus.message)
    else:
        messages.success(request, f"Un courriel vous dira les nouvelles offres de « {recherche} », une fois par jour.")
    return redirect("offre:alertes")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def alerte_arreter(request: HttpRequest, jeton: str) -> HttpResponse:
    """Stop an alert from its e-mail, without an account: GET asks, POST does. An unknown link says the same."""
    arretee = False
    if request.method == "POST":
        arretee = operations.arreter_par_jeton(jeton=jeton)
    alerte = None if request.method == "POST" else operations.alerte_du_jeton(jeton)
    return render(request, "offre/alerte_arreter.html", {"active": alerte is not None, "arretee": arretee})
