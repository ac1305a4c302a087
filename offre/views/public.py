"""The catalogue without an account: list, map, sheet. Pages that caches and search engines may keep."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.views.decorators.http import require_safe

from offre.adresses import adresse_publique
from offre.carte import Carte
from offre.public import LecturePublique, ListePublique, offres_lisibles_par_tous
from pdi.socle.limites import faire_attendre, trop_souvent

MAXIMUM, SECONDES = 300, 300  # pages from one address: nobody reads one a second for five minutes
GARDEE = 300  # seconds in a shared cache: places left may be that old
Vue = Callable[..., HttpResponseBase]


def ouverte_a_tous(vue: Vue) -> Vue:
    """Serve a page to anybody: counted by address, kept a little by caches, answered 304 when it did not change.

    Logged in, the page carries one's own navigation: no shared cache keeps it.
    """

    @require_safe
    @wraps(vue)
    def ouverte(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if trop_souvent(request, "offre.public", maximum=MAXIMUM, secondes=SECONDES):
            return faire_attendre(request, SECONDES, "offre/public/trop.html", domaine="offre")
        reponse = vue(request, *args, **kwargs)
        if not isinstance(reponse, HttpResponse) or reponse.status_code != 200:
            return reponse
        if request.user.is_authenticated:
            patch_cache_control(reponse, private=True, no_cache=True)
            return reponse
        patch_cache_control(reponse, public=True, max_age=GARDEE)
        patch_vary_headers(reponse, ["Cookie"])
        reponse["ETag"] = f'"{hashlib.sha256(reponse.content).hexdigest()[:32]}"'
        return get_conditional_response(request, etag=reponse["ETag"], response=reponse) or reponse

    return ouverte


def _canonique(request: HttpRequest, chemin: str) -> str:
    return request.build_absolute_uri(chemin)


@ouverte_a_tous
def offres_publiques(request: HttpRequest) -> HttpResponse:
    """List the published offers."""
    liste = ListePublique(request.GET, timezone.localdate())
    facettes = liste.facettes  # read first: it names the operators that the badges say
    contexte = {
        "liste": liste, "filtres": liste.filtres, "page": liste.page, "facettes": facettes, "comparees_max": 0,
        "peut_creer": False, "canonique": _canonique(request, reverse("offre:offres_publiques")),
        "indexable": not request.GET,
    }  # fmt: skip
    return render(request, "offre/public/offres.html", contexte)


@ouverte_a_tous
def carte_publique(request: HttpRequest) -> HttpResponse:
    """Show the published offers on the map of the département, and as a list by commune."""
    liste = ListePublique(request.GET, timezone.localdate())
    facettes = liste.facettes
    contexte = {
        "carte": Carte(liste, reverse("offre:offres_publiques")), "filtres": liste.filtres, "facettes": facettes,
        "url_liste": reverse("offre:offres_publiques"), "publique": True,
        "canonique": _canonique(request, reverse("offre:carte_publique")), "indexable": not request.GET,
    }  # fmt: skip
    return render(request, "offre/carte.html", contexte)


@ouverte_a_tous
def offre_publique(request: HttpRequest, pk: int, titre: str = "") -> HttpResponse:
    """Show one published offer; an address without its title, or with an old one, leads to the right one."""
    lue = get_object_or_404(offres_lisibles_par_tous(), pk=pk)
    adresse = adresse_publique(lue)
    if request.path != adresse:
        return HttpResponsePermanentRedirect(adresse)
    contexte = {
        "offre": lue, "lu": LecturePublique(lue, timezone.localdate()), "canonique": _canonique(request, adresse),
        "indexable": True,
    }  # fmt: skip
    return render(request, "offre/public/offre.html", contexte)
