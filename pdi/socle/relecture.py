"""Pages given again as they were while nothing that they read was written.

What a page read is known by listening to its queries; whether it was written since, by the prints of `ecritures`. A
kept page is one reader's, in one session, on one day, for one address and one state of the shell (notices, waiting
counts); it is never kept when the reader has a message to see, when it wrote, or when it read a table without trigger.
"""

from __future__ import annotations

import hashlib
import logging
import uuid
import zlib
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, NamedTuple, ParamSpec, cast

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.module_loading import import_string
from redis.exceptions import RedisError

from .ecritures import JOURNAL, SANS_TEMOIN, marques, tables_nommees

logger = logging.getLogger(__name__)
P = ParamSpec("P")
Vue = Callable[Concatenate[HttpRequest, P], HttpResponse]

DUREE_S = 1800
# What a page read without being seen to: the account and its rights, before the view.
TOUJOURS = frozenset({"comptes_utilisateur", "comptes_habilitation"})
LUES_AVANT = frozenset({"django_session"})
# One for the processes forked from this one: another code makes other pages.
EDITION = uuid.uuid4().hex


def relue(*, journal: str) -> Callable[[Vue[P]], Vue[P]]:
    """Give the page of the view again as it was, as long as it would be the same.

    `journal`: the application whose entries the page reads in the journal, if it reads it. For views behind
    `login_required` that answer a GET with a whole page.
    """

    def decorer(vue: Vue[P]) -> Vue[P]:
        @wraps(vue)
        def relire(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            cle, gardee = _connue(request)
            if cle is None:
                return vue(request, *args, **kwargs)
            avant = marques(gardee.temoins if gardee else None)
            if gardee and avant == gardee.marques:
                get_token(request)  # the page holds one: its cookie goes on
                return HttpResponse(zlib.decompress(gardee.contenu), content_type=gardee.genre)
            ecoute = _Ecoute()
            with connection.execute_wrapper(ecoute):
                reponse = vue(request, *args, **kwargs)
            if reponse.status_code == 200 and ecoute.fidele:
                _garder(cle, reponse, ecoute.temoins(journal), avant, gardee)
            return reponse

        return cast("Vue[P]", relire)

    return decorer


class _Page(NamedTuple):
    """A kept page: what it holds, compressed; the tables it read and their prints."""

    contenu: bytes
    genre: str
    temoins: list[str]
    marques: dict[str, str]


class _Ecoute:
    """Listen to the queries of a view: the tables they name, and whether they only read."""

    def __init__(self) -> None:
        self.lues: set[str] = set(TOUJOURS)
        self.a_ecrit = False

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.lues |= tables_nommees(sql)
        self.a_ecrit |= not sql.lstrip("( \n").startswith(("SELECT", "WITH"))
        return execute(sql, params, many, context)

    @property
    def fidele(self) -> bool:
        return not self.a_ecrit and not self.lues & (SANS_TEMOIN - LUES_AVANT)

    def temoins(self, journal: str) -> list[str]:
        return sorted(f"{JOURNAL}:{journal}" if table == JOURNAL else table for table in self.lues - LUES_AVANT)


def _connue(request: HttpRequest) -> tuple[str | None, _Page | None]:
    """Return the name of the page and what is kept of it; nothing of both when it must be made, or without cache."""
    try:
        cle = _cle(request)
        return cle, cache.get(cle) if cle else None
    except RedisError as erreur:
        logger.warning("Mémoire des pages injoignable : %s", type(erreur).__name__)
        return None, None


def _cle(request: HttpRequest) -> str | None:
    """Return the name of the page for this reader now, None when it must be made."""
    jeton = request.META.get("CSRF_COOKIE")
    a_dire = "messages" in request.COOKIES or "_messages" in request.session
    if not jeton or a_dire or request.headers.get("HX-Request"):
        return None
    etat = import_string(settings.ETAT_DE_LA_COQUE)(request)
    lu = (EDITION, jeton, request.get_host(), request.get_full_path(), timezone.localdate(), request.user.pk, etat)
    return "page:" + hashlib.sha256(repr(lu).encode()).hexdigest()


def _garder(
    cle: str, reponse: HttpResponse, temoins: list[str], avant: Mapping[str, str], gardee: _Page | None
) -> None:
    """Keep the page with the prints read before it; not when it read a table whose print was not."""
    if gardee and not set(temoins) <= set(gardee.temoins):
        cache.delete(cle)
        return
    lues = {table: avant[table] for table in temoins if table in avant}
    cache.set(cle, _Page(zlib.compress(reponse.content, 1), reponse["Content-Type"], temoins, lues), DUREE_S)
