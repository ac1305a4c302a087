"""How often somebody without an account may ask for something: a counter in the cache, which may forget."""

from __future__ import annotations

import hashlib
import ipaddress

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def adresse_du_visiteur(request: HttpRequest) -> str | None:
    """Return the address a request comes from; behind NOMBRE_MANDATAIRES proxies, the one that the first of them heard.

    Each proxy writes whom it hears at the right of X-Forwarded-For. What stands further left is the visitor's word,
    and is not believed. Without a readable address there, the address of the connection.
    """
    connexion: str | None = request.META.get("REMOTE_ADDR") or None
    entendues = request.headers.get("X-Forwarded-For", "").split(",")
    rang = settings.NOMBRE_MANDATAIRES
    if not 0 < rang <= len(entendues):
        return connexion
    try:
        return str(ipaddress.ip_address(entendues[-rang].strip()))
    except ValueError:
        return connexion


def trop_souvent(request: HttpRequest, quoi: str, *, maximum: int, secondes: int) -> bool:
    """Count one more request for `quoi` from this address; return whether it passes `maximum` in `secondes`.

    The key is a digest: the cache holds no address.
    """
    adresse = adresse_du_visiteur(request) or ""
    cle = "limite:" + hashlib.sha256(f"{quoi}|{adresse}".encode()).hexdigest()
    if cache.add(cle, 1, secondes):
        return False
    try:
        return int(cache.incr(cle)) > maximum
    except ValueError:  # forgotten between the two
        return False


def faire_attendre(
    request: HttpRequest, secondes: int, gabarit: str = "erreurs/trop_souvent.html", **contexte: str
) -> HttpResponse:
    """429: too many requests in a little time, and how long to wait. `domaine` in `contexte` is the ink of the page."""
    reponse = render(request, gabarit, {"minutes": secondes // 60, "domaine": "", **contexte}, status=429)
    reponse["Retry-After"] = str(secondes)
    return reponse
