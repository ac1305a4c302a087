"""Where to go after a write: back to where the user came from, never outside the application."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def chemin_sur(request: HttpRequest, adresse: str) -> bool:
    """Return whether `adresse` is a path of this application."""
    return url_has_allowed_host_and_scheme(
        adresse, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )


def retour_sur(request: HttpRequest, parametre: str = "suite", *, defaut: str) -> str:
    """Return the address posted (or asked) under `parametre` when it is inside the application, else `defaut`."""
    demande = request.POST.get(parametre) or request.GET.get(parametre) or ""
    return demande if demande and chemin_sur(request, demande) else defaut
