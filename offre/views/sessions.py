"""Sessions of the catalogue: when, where, how many places are left."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from offre.models import Session


@login_required
@require_safe
def session(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one session and its places."""
    visibles = Session.objects.visibles_par(request.user).select_related("offre", "operateur", "lieu__commune")
    lue = get_object_or_404(visibles.prefetch_related("quotas"), pk=pk)
    contexte = {"session": lue, "offre": lue.offre, "libres": lue.capacite - lue.prises}
    return render(request, "offre/sessions/session.html", contexte)
