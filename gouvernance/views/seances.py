"""Meetings: the calendar, the list, its export, the page of one."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gouvernance.calendrier import Calendrier
from gouvernance.cycle import cycle
from gouvernance.droits_pieces import pieces_de_seances
from gouvernance.flux import agendas_de, calendrier
from gouvernance.forms.seances import DecisionForm
from gouvernance.lecture_seance import LectureSeance
from gouvernance.listes_seances import COLONNES_EXPORT, ListeSeances
from gouvernance.models import EtatSeance, Seance
from gouvernance.operations.convocations import membre_de
from pdi.socle.exports import reponse_export
from pdi.socle.tri import Colonne

COLONNES = (
    Colonne("Séance, instance", "instance"), Colonne("Jour", "debut"), Colonne("Lieu"), Colonne("État"),
    Colonne("Présents", nb=True), Colonne("Décisions", nb=True),
)  # fmt: skip


@login_required
@require_safe
def seances(request: HttpRequest) -> HttpResponse:
    """List the meetings the reader may see."""
    liste = ListeSeances(request.user, request.GET, timezone.localdate())
    contexte = {
        "liste": liste, "filtres": liste.filtres, "tri": liste.tri, "page": liste.page, "colonnes": COLONNES,
    }  # fmt: skip
    return render(request, "gouvernance/seances/seances.html", contexte)


@login_required
@require_safe
def seances_calendrier(request: HttpRequest) -> HttpResponse:
    """Show a month day by day, or a year month by month and where the cycle of the programme stands."""
    lu = Calendrier(request.user, request.GET, timezone.localdate())
    contexte = {
        "calendrier": lu, "filtres": lu.filtres,
        "cycle": None if lu.rang else cycle(request.user, lu.annee, timezone.localdate()),
        "agendas": agendas_de(request.user, timezone.localdate()),
    }  # fmt: skip
    return render(request, "gouvernance/seances/calendrier.html", contexte)


@login_required
@require_safe
def seances_export(request: HttpRequest) -> HttpResponseBase:
    """Export the rows of the filter."""
    liste = ListeSeances(request.user, request.GET, timezone.localdate())
    return reponse_export(
        request, nom="seances", titre="Séances", colonnes=COLONNES_EXPORT,
        lignes=liste.decorees.order_by(*liste.tri.cles), filtres=liste.filtres.en_mots,
    )  # fmt: skip


def _visible(request: HttpRequest, pk: int) -> Seance:
    visibles = Seance.objects.visibles_par(request.user).select_related("instance__territoire", "reportee_a")
    return get_object_or_404(visibles, pk=pk)


@login_required
@never_cache
@require_safe
def seance(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a meeting: its agenda, who comes, what is decided; while it is open, work in it."""
    lue = _visible(request, pk)
    lecture = LectureSeance(lue, request.user, timezone.localdate())
    form = DecisionForm(seance=lue) if lecture.ouverte else None
    contexte = {
        "seance": lue, "instance": lue.instance, "lecture": lecture, "form": form,
        "pieces": pieces_de_seances(request.user).filter(seance=lue),
        "cle": uuid.uuid4(), "structures": form.fields["structure"].repertoire.noms if form else [],  # type: ignore[attr-defined]
    }  # fmt: skip
    return render(request, "gouvernance/seances/seance.html", contexte)


@login_required
@never_cache
@require_safe
def seance_direct(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer what moves during a meeting: decisions, quorum, points. Once it is over, the page loads itself again."""
    lue = _visible(request, pk)
    lecture = LectureSeance(lue, request.user, timezone.localdate())
    contexte = {"seance": lue, "lecture": lecture, "direct": True}
    reponse = render(request, "gouvernance/seances/_direct.html", contexte)
    if lue.etat != EtatSeance.OUVERTE:
        reponse["HX-Refresh"] = "true"
    return reponse


@never_cache
@require_http_methods(["GET", "HEAD"])
def agenda_flux(request: HttpRequest, jeton: str) -> HttpResponse:
    """Answer the calendar of a member in office. No account: whoever holds the address reads days and places."""
    membre = membre_de(jeton)
    if membre is None:
        raise Http404("Cet agenda n’existe pas, ou le mandat est fini.")
    reponse = HttpResponse(calendrier(membre, request.get_host()), content_type="text/calendar; charset=utf-8")
    reponse["Content-Disposition"] = 'inline; filename="seances.ics"'
    reponse["X-Robots-Tag"] = "noindex"
    reponse["Referrer-Policy"] = "no-referrer"
    return reponse
