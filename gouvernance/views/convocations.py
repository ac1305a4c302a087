"""Answering a convocation without an account, by the link received."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gouvernance.forms.seances import ReponseConvocationForm
from gouvernance.lecture_proposition import propositions_de
from gouvernance.models import Presence
from gouvernance.operations.convocations import attend_une_reponse, presence_de, repondre_convocation
from pdi.socle.droits import RegleMetier
from pdi.socle.formulaires import ECRITURE, envoi, signaler
from pdi.socle.limites import faire_attendre, trop_souvent
from pdi.socle.navigation import garder_secrete

MAXIMUM, SECONDES = 60, 600  # openings of this page from one address


def _fermee(request: HttpRequest, presence: Presence | None) -> HttpResponse:
    contexte = {"seance": presence.seance if presence else None}
    return garder_secrete(
        render(request, "gouvernance/convocations/fermee.html", contexte, status=410 if presence else 404)
    )


@never_cache
@require_http_methods(ECRITURE)
def convocation_reponse(request: HttpRequest, jeton: str) -> HttpResponse:
    """Show the meeting of a link, and note the answer by POST; it may change until the meeting opens."""
    if trop_souvent(request, "gouvernance.convocation", maximum=MAXIMUM, secondes=SECONDES):
        return garder_secrete(faire_attendre(request, SECONDES, domaine="gouvernance"))
    presence = presence_de(jeton)
    if presence is None or not attend_une_reponse(presence):
        return _fermee(request, presence)
    initial = {"reponse": presence.reponse, "represente_par": presence.represente_par}
    form, faite = ReponseConvocationForm(envoi(request), initial=initial), False
    if request.method == "POST" and form.is_valid():
        par = request.user if request.user.is_authenticated else None
        try:
            presence = repondre_convocation(presence=presence, par=par, **form.cleaned_data)
        except RegleMetier as erreur:
            signaler(form, erreur)
        else:
            faite = True
    contexte = {
        "seance": presence.seance, "presence": presence, "form": form, "faite": faite,
        "points": presence.seance.points.all(), "propositions": propositions_de(presence.seance),
    }  # fmt: skip
    statut = 422 if form.errors else 200
    return garder_secrete(render(request, "gouvernance/convocations/repondre.html", contexte, status=statut))
