"""The door of the API: keys, rate, CORS, conditional answers, errors. Nothing here writes to the database.

A public client is counted by address (hashed), a key by key, a minute at a time, in the cache shared by every
process. The day a key served is noted in the cache too; a job writes it down (`offre.noter_usages`).
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.csrf import csrf_exempt

from offre.models import JetonApi
from offre.operations.jetons import empreinte_de, noter_passage
from pdi.socle.limites import adresse_du_visiteur

from .parametres import ParametreRefuse
from .schemas import Erreur

MINUTE = 60
METHODES = "GET, HEAD, OPTIONS"
EXPOSES = "ETag, Link, Retry-After, X-Limite, X-Restant"
Vue = Callable[..., HttpResponseBase]


class JetonRefuse(Exception):
    """The key is unknown, revoked, expired or missing where one is asked for."""


def ouvert(vue: Vue) -> Vue:
    """Open a view to the API: who asks, how often, from where, and what they have already."""

    @csrf_exempt
    @wraps(vue)
    def garde(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "OPTIONS":
            return _partager(HttpResponse(status=204))
        if request.method not in {"GET", "HEAD"}:
            refus = erreur(405, Erreur(code="lecture_seule", message="Cette API se lit : GET, HEAD ou OPTIONS."))
            refus["Allow"] = METHODES
            return _partager(refus)
        try:
            qui, limite = _qui(request)
        except JetonRefuse as refuse:
            refus = erreur(401, Erreur(code="jeton_refuse", message=str(refuse)))
            refus["WWW-Authenticate"] = 'Bearer realm="api"'
            return _partager(refus)
        compte, attente = _compter(qui)
        reponse = _trop(attente) if compte > limite else _repondre(request, vue, args, kwargs)
        reponse["X-Limite"], reponse["X-Restant"] = str(limite), str(max(0, limite - compte))
        return _partager(reponse)

    return garde


def _repondre(request: HttpRequest, vue: Vue, args: Any, kwargs: Any) -> HttpResponseBase:
    try:
        reponse = vue(request, *args, **kwargs)
    except ParametreRefuse as refuse:
        return erreur(400, refuse.erreur)
    if isinstance(reponse, HttpResponse) and reponse.status_code == 200 and not reponse.has_header("ETag"):
        reponse["ETag"] = etag(hashlib.sha256(reponse.content).hexdigest())
    return conditionnelle(request, reponse)


def etag(empreinte: str) -> str:
    """Return a fingerprint as an ETag."""
    return f'"{empreinte[:32]}"'


def conditionnelle(request: HttpRequest, reponse: HttpResponseBase) -> HttpResponseBase:
    """Answer 304 when the reader has this very content; always ask readers to check again: places move."""
    reponse["Cache-Control"] = "no-cache"
    if not reponse.has_header("ETag"):
        return reponse
    conditionnelle_: HttpResponseBase = get_conditional_response(request, etag=reponse["ETag"], response=reponse)  # type: ignore[arg-type, assignment]
    return conditionnelle_


def a_deja(request: HttpRequest, marque: str) -> HttpResponseBase | None:
    """Return the 304 answer when the reader has the content of this ETag: it is then not made again."""
    vide = HttpResponse()
    vide["ETag"] = marque
    reponse = conditionnelle(request, vide)
    return reponse if reponse.status_code == 304 else None


def erreur(statut: int, corps: Erreur) -> HttpResponse:
    """Return an error as JSON."""
    return HttpResponse(corps.model_dump_json(), status=statut, content_type="application/json; charset=utf-8")


def _partager(reponse: HttpResponseBase) -> HttpResponseBase:
    """Let pages of other sites read: the data are public, no cookie is read, nothing can be written."""
    reponse["Access-Control-Allow-Origin"] = "*"
    reponse["Access-Control-Allow-Methods"] = METHODES
    reponse["Access-Control-Allow-Headers"] = "Authorization, If-None-Match"
    reponse["Access-Control-Expose-Headers"] = EXPOSES
    reponse["Access-Control-Max-Age"] = "86400"
    reponse["Cross-Origin-Resource-Policy"] = "cross-origin"
    return reponse


# -- who, how often ----------------------------------------------------------------------------------------


def _qui(request: HttpRequest) -> tuple[str, int]:
    """Return who is counted and the rate it is due. Raises JetonRefuse."""
    entete = request.headers.get("Authorization", "")
    if entete:
        genre, _, cle = entete.partition(" ")
        jeton = JetonApi.objects.valables_au(timezone.localdate()).filter(empreinte=empreinte_de(cle.strip())).first()
        if genre.lower() != "bearer" or jeton is None:
            raise JetonRefuse("Ce jeton est inconnu, révoqué ou expiré. Attendu : « Authorization: Bearer … ».")
        noter_passage(jeton.pk)
        return f"jeton:{jeton.pk}", settings.API_DEBIT_JETON
    if not settings.API_PUBLIQUE:
        raise JetonRefuse("Cette API demande un jeton : « Authorization: Bearer … ».")
    adresse = adresse_du_visiteur(request) or ""
    cachee = hmac.new(settings.SECRET_KEY.encode(), adresse.encode(), hashlib.sha256).hexdigest()[:24]
    return f"adresse:{cachee}", settings.API_DEBIT_PUBLIC


def _compter(qui: str) -> tuple[int, int]:
    """Return how many requests this minute, this one included, and how many seconds are left of it."""
    maintenant = time.time()
    cle = f"api:debit:{qui}:{int(maintenant // MINUTE)}"
    if cache.add(cle, 1, 2 * MINUTE):
        return 1, MINUTE - int(maintenant % MINUTE)
    try:
        compte = cache.incr(cle)
    except ValueError:  # it expired in between: a new minute
        return 1, MINUTE
    return compte, MINUTE - int(maintenant % MINUTE)


def _trop(attente: int) -> HttpResponse:
    refus = erreur(429, Erreur(code="trop_de_demandes", message=f"Trop de demandes : reprenez dans {attente} s."))
    refus["Retry-After"] = str(attente)
    return refus
