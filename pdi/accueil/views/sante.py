"""The health page, for supervision tools."""

from __future__ import annotations

from dataclasses import asdict

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from pdi.accueil.sante import mesurer


@never_cache
@require_safe
def sante(requete: HttpRequest) -> JsonResponse:
    """Answer 200 when every part works, else 503, with one boolean a part. Open to all."""
    bilan = mesurer()
    corps = {"etat": "en service" if bilan.bonne else "dégradé", **asdict(bilan)}
    return JsonResponse(corps, status=200 if bilan.bonne else 503)
