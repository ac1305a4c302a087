"""Searches kept under a name: keep, open the list on one, forget."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_POST

from pdi.socle.droits import RegleMetier
from pdi.socle.models import FiltreEnregistre
from pdi.socle.recherches import garder_recherche, ouvrir_sur


@login_required
@require_POST
def recherche_garder(request: HttpRequest) -> HttpResponse:
    """Keep the search of a list, named by its URL, and go back to it."""
    liste, requete = request.POST.get("liste", "")[:60], request.POST.get("requete", "")[:1000]
    try:
        retour = reverse(liste)
    except NoReverseMatch:
        raise Http404("Cette liste n’existe pas.") from None
    try:
        gardee = garder_recherche(
            par=request.user, liste=liste, nom=request.POST.get("nom", ""), requete=requete,
            par_defaut=request.POST.get("par_defaut") == "on",
        )  # fmt: skip
    except RegleMetier as refus:
        messages.warning(request, refus.message)
    else:
        messages.success(request, f"La recherche « {gardee} » est gardée dans « Mes recherches ».")
    return redirect(f"{retour}?{requete or 'tout=1'}")


def _mienne(request: HttpRequest, pk: int) -> FiltreEnregistre:
    return get_object_or_404(FiltreEnregistre.objects.visibles_par(request.user), pk=pk)


@login_required
@require_POST
def recherche_ouvrir(request: HttpRequest, pk: int) -> HttpResponse:
    """Make it the one on which the list opens, or no longer."""
    recherche = ouvrir_sur(recherche=_mienne(request, pk))
    suite = f"s’ouvrira sur « {recherche} »" if recherche.par_defaut else "s’ouvrira sans filtre"
    messages.success(request, f"La liste {suite}.")
    return redirect(f"{reverse(recherche.liste)}?{recherche.requete or 'tout=1'}")


@login_required
@require_POST
def recherche_oublier(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete it."""
    recherche = _mienne(request, pk)
    retour = f"{reverse(recherche.liste)}?tout=1"
    recherche.delete()
    messages.success(request, f"La recherche « {recherche} » est supprimée.")
    return redirect(retour)
