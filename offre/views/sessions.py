"""Sessions: the list, its export, the page of one."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from offre.droits import peut_preparer_session
from offre.lecture_session import LectureSession
from offre.listes_sessions import COLONNES_EXPORT, ListeSessions
from offre.models import OffreInsertion, Session
from pdi.socle.exports import reponse_export
from pdi.socle.formulaires import entier
from pdi.socle.tri import Colonne

COLONNES = (
    Colonne("Session, offre", "offre"), Colonne("Dates", "debut"), Colonne("Lieu, opérateur"), Colonne("État"),
    Colonne("Libres", "libres", nb=True), Colonne("En attente", "attente", nb=True),
)  # fmt: skip


@login_required
@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    """List the sessions the reader may see; of one offer, also let who may prepare another."""
    liste = ListeSessions(request.user, request.GET, timezone.localdate())
    demandee = entier(request.GET.get("offre"))
    offre = OffreInsertion.objects.visibles_par(request.user).filter(pk=demandee).first() if demandee else None
    contexte = {
        "liste": liste, "filtres": liste.filtres, "tri": liste.tri, "page": liste.page, "colonnes": COLONNES,
        "offre": offre, "peut_preparer": offre is not None and peut_preparer_session(request.user, offre).ok,
    }  # fmt: skip
    return render(request, "offre/sessions/sessions.html", contexte)


@login_required
@require_safe
def sessions_export(request: HttpRequest) -> HttpResponseBase:
    """Export the rows of the filter."""
    liste = ListeSessions(request.user, request.GET, timezone.localdate())
    return reponse_export(
        request, nom="sessions", titre="Sessions de l’offre d’insertion", colonnes=COLONNES_EXPORT,
        lignes=liste.decorees.order_by(*liste.tri.cles), filtres=liste.filtres.en_mots,
    )  # fmt: skip


@login_required
@require_safe
def session(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one session: its places, its shares, where and when, what may be done."""
    visibles = Session.objects.visibles_par(request.user).select_related("offre", "operateur", "lieu__commune")
    lue = get_object_or_404(visibles.prefetch_related("quotas"), pk=pk)
    contexte = {"session": lue, "offre": lue.offre, "lecture": LectureSession(lue, request.user, timezone.localdate())}
    return render(request, "offre/sessions/session.html", contexte)
