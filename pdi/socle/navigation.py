"""Addresses of screens, and where to go after a write: back to where the user came from, never outside."""

from __future__ import annotations

from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, get_urlconf, reverse
from django.utils.http import url_has_allowed_host_and_scheme


@lru_cache(maxsize=512)
def _adresse_si(nom: str, _plan: str | None) -> str:
    try:
        return reverse(nom)
    except NoReverseMatch:
        return ""


def adresse_si(nom: str) -> str:
    """Return the URL of a screen without arguments, empty when it is not installed. Every page asks dozens of them."""
    return _adresse_si(nom, get_urlconf())


def chemin_sur(request: HttpRequest, adresse: str) -> bool:
    """Return whether `adresse` is a path of this application."""
    return url_has_allowed_host_and_scheme(
        adresse, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )


def retour_sur(request: HttpRequest, parametre: str = "suite", *, defaut: str) -> str:
    """Return the address posted (or asked) under `parametre` when it is inside the application, else `defaut`."""
    demande = request.POST.get(parametre) or request.GET.get(parametre) or ""
    return demande if demande and chemin_sur(request, demande) else defaut


def garder_secrete(reponse: HttpResponse) -> HttpResponse:
    """Keep the address of a page opened by a link out of search engines, and of the sites one goes to next.

    With « no-referrer », browsers would post without an origin, and the form would be refused.
    """
    reponse["X-Robots-Tag"] = "noindex"
    reponse["Referrer-Policy"] = "same-origin"
    return reponse
