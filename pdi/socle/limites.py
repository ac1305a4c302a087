"""How often somebody without an account may ask for something: a counter in the cache, which may forget."""

from __future__ import annotations

import hashlib

from axes.helpers import get_client_ip_address
from django.core.cache import cache
from django.http import HttpRequest


def trop_souvent(request: HttpRequest, quoi: str, *, maximum: int, secondes: int) -> bool:
    """Count one more request for `quoi` from this address; return whether it passes `maximum` in `secondes`.

    The key is a digest: the cache holds no address.
    """
    adresse = get_client_ip_address(request) or ""
    cle = "limite:" + hashlib.sha256(f"{quoi}|{adresse}".encode()).hexdigest()
    if cache.add(cle, 1, secondes):
        return False
    try:
        return int(cache.incr(cle)) > maximum
    except ValueError:  # forgotten between the two
        return False
