"""Notices: what happened that waits for me."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from pdi.socle import operations
from pdi.socle.filtres import FiltreBooleen, Filtres, FiltreTexte
from pdi.socle.formats import compte
from pdi.socle.models import Avis
from pdi.socle.navigation import chemin_sur
from pdi.socle.pagination import PageParCle


class FiltresAvis(Filtres):
    """Filters of the notices."""

    mot = FiltreTexte("Mot", champs=("titre", "texte"), large=True)
    non_lus = FiltreBooleen("Non lus seulement", si_vrai=Q(lu_le__isnull=True))


@login_required
@never_cache
@require_safe
def avis(request: HttpRequest) -> HttpResponse:
    """List my notices, newest first."""
    miens = Avis.objects.visibles_par(request.user)
    filtres = FiltresAvis(request.GET)
    page = PageParCle(filtres.appliquer(miens), ["-cree_le"], request.GET.get("curseur"))
    contexte = {"filtres": filtres, "page": page, "non_lus": miens.non_lus().count()}
    return render(request, "socle/avis.html", contexte)


@login_required
@require_POST
def avis_lire(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark as read, and go to what the notice is about."""
    lu = get_object_or_404(Avis.objects.visibles_par(request.user), pk=pk)
    operations.lire_avis(avis=lu)
    return redirect(lu.url if lu.url and chemin_sur(request, lu.url) else reverse("socle:avis"))


@login_required
@require_POST
def avis_tout_lire(request: HttpRequest) -> HttpResponse:
    """Mark all of mine as read."""
    nombre = operations.lire_tous_les_avis(par=request.user)
    messages.success(request, f"{compte(nombre, 'avis', 'avis')} : tout est lu." if nombre else "Tout était déjà lu.")
    return redirect("socle:avis")
