"""Error pages: what happened, the rule, the ways out. They leak nothing and never fail themselves."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.csrf import requires_csrf_token

from pdi.socle.contexte import requete_courante
from pdi.socle.droits import DroitInsuffisant, PasMaintenant


def _page(request: HttpRequest, statut: int, gabarit: str, **contexte: Any) -> HttpResponse:
    contexte["reference"] = requete_courante()
    return render(request, f"erreurs/{gabarit}.html", contexte, status=statut)


@requires_csrf_token
def requete_invalide(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request could not be read."""
    return _page(request, 400, "400")


@requires_csrf_token
def acces_refuse(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: name the rule and the ways out. Only our own refusals carry a sentence meant for the user."""
    motif = str(exception) if isinstance(exception, DroitInsuffisant) else ""
    return _page(request, 403, "403", motif=motif, pas_maintenant=isinstance(exception, PasMaintenant))


@requires_csrf_token
def introuvable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: no such page, or not for this user; the two are not told apart."""
    return _page(request, 404, "404")


@requires_csrf_token
def csrf_refuse(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of a form sent too late, or from elsewhere: nothing was written, say how to start again."""
    return _page(request, 403, "403_csrf", retour=request.path if request.method == "POST" else "/")


@requires_csrf_token
def erreur_interne(request: HttpRequest) -> HttpResponse:
    """500: a page on its own, without database, session or shell."""
    return HttpResponse(render_to_string("erreurs/500.html", {"reference": requete_courante()}), status=500)
