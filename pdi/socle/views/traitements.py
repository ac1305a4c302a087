"""Background jobs: list, page, live progress, stop, launch again, result."""

from __future__ import annotations

import uuid
from pathlib import PurePath
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from pdi.socle import traitements as operations
from pdi.socle.droits import RegleMetier, exiger, peut_gerer_traitement
from pdi.socle.filtres import FiltreBooleen, FiltreChoix, Filtres, FiltreTexte
from pdi.socle.models import EtatTraitement, Traitement
from pdi.socle.navigation import chemin_sur, retour_sur
from pdi.socle.pagination import PageParCle
from pdi.socle.tri import Colonne

COLONNES = (Colonne("Travail"), Colonne("État"), Colonne("Avancement"), Colonne("Demandé par"), Colonne("Demandé le"))


class FiltresTraitements(Filtres):
    """Filters of the list of jobs."""

    mot = FiltreTexte("Mot de l’intitulé", champs=("intitule",), large=True)
    etat = FiltreChoix("État", champ="etat", choix=EtatTraitement.choices)
    a_finir = FiltreBooleen("En attente ou en cours seulement", si_vrai=Q(etat__in=["en_attente", "en_cours"]))


def _contexte(request: HttpRequest, traitement: Traitement) -> dict[str, object]:
    retour = traitement.url_retour
    return {"traitement": traitement, "url_retour": retour if retour and chemin_sur(request, retour) else ""}


def _visible(request: HttpRequest, pk: uuid.UUID) -> Traitement:
    return get_object_or_404(Traitement.objects.visibles_par(request.user).select_related("demandeur"), pk=pk)


@login_required
@never_cache
@require_safe
def traitements(request: HttpRequest) -> HttpResponse:
    """List one's jobs; managers see everybody's."""
    filtres = FiltresTraitements(request.GET)
    visibles = Traitement.objects.visibles_par(request.user).select_related("demandeur")
    page = PageParCle(filtres.appliquer(visibles), ["-cree_le"], request.GET.get("curseur"))
    return render(request, "socle/traitements.html", {"filtres": filtres, "page": page, "colonnes": COLONNES})


@login_required
@never_cache
@require_safe
def traitement(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show one job, followed live."""
    return render(request, "socle/traitement.html", _contexte(request, _visible(request, pk)))


@login_required
@never_cache
@require_safe
def traitement_fragment(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Answer the part of the page that moves; once it is over, have the page that the job feeds load itself again."""
    suivi = _visible(request, pk)
    contexte = _contexte(request, suivi)
    reponse = render(request, "socle/_traitement.html", contexte)
    if not suivi.actif and _est_la_page(request, str(contexte["url_retour"])):
        reponse["HX-Refresh"] = "true"
    return reponse


def _est_la_page(request: HttpRequest, url: str) -> bool:
    """Tell whether the page that polls is `url`: what it shows around the job is then out of date."""
    courante = urlsplit(request.headers.get("HX-Current-URL", "")).path
    return bool(url) and courante == urlsplit(url).path


@login_required
@require_POST
def traitement_annuler(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask the job to stop."""
    arrete = _visible(request, pk)
    try:
        operations.annuler(traitement=arrete, par=request.user)
    except RegleMetier as erreur:
        messages.warning(request, erreur.message)
    else:
        messages.success(request, "L’arrêt est demandé." if arrete.actif else "Le travail est arrêté.")
    return redirect(retour_sur(request, defaut=reverse("socle:traitement", args=[pk])))


@login_required
@require_POST
def traitement_relancer(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Launch again a failed or stopped job."""
    try:
        nouveau = operations.relancer(traitement=_visible(request, pk), par=request.user)
    except RegleMetier as erreur:
        messages.warning(request, erreur.message)
        return redirect("socle:traitement", pk)
    return redirect(retour_sur(request, defaut=reverse("socle:traitement", args=[nouveau.pk])))


@login_required
@require_safe
def traitement_fichier(request: HttpRequest, pk: uuid.UUID) -> FileResponse:
    """Download the file that the job produced."""
    produit = _visible(request, pk)
    exiger(peut_gerer_traitement(request.user, produit))
    if not produit.fichier or not produit.fichier.storage.exists(produit.fichier.name or ""):
        raise Http404
    reponse = FileResponse(
        produit.fichier.open(), as_attachment=True, filename=PurePath(produit.fichier.name or "").name
    )
    reponse["Cache-Control"] = "private, no-store"
    return reponse
