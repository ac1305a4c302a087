"""The map of the catalogue, and the outline of the département it is drawn on."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.http import require_safe

from offre.carte import Carte
from offre.views.catalogue import liste_de
from pdi.territoires.contours import contours_de

JOUR = 24 * 3600


@login_required
@require_safe
def carte(request: HttpRequest) -> HttpResponse:
    """Show the offers of the filters on the map, and as a list by commune."""
    liste = liste_de(request)
    facettes = liste.facettes  # read first: it names the operators that the badges say
    contexte = {
        "carte": Carte(liste, reverse("offre:offres")), "filtres": liste.filtres, "facettes": facettes,
        "url_liste": reverse("offre:offres"), "publique": False,
    }  # fmt: skip
    return render(request, "offre/carte.html", contexte)


@require_safe
def carte_fond(request: HttpRequest) -> HttpResponseBase:
    """Serve the outline of the département and its communes: public geography, the same for everybody."""
    contours = contours_de(settings.DEPARTEMENT_CODE)
    if contours is None:
        raise Http404("Aucun contour n’est installé pour ce département.")
    reponse = HttpResponse(contours.texte, content_type="application/geo+json")
    reponse["ETag"] = f'"{contours.empreinte}"'
    patch_cache_control(reponse, public=True, max_age=JOUR)
    return get_conditional_response(request, etag=reponse["ETag"], response=reponse) or reponse
