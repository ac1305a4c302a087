"""During a meeting: who is there, which point is discussed, what is decided."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from gouvernance.forms.seances import DecisionForm
from gouvernance.lecture_seance import LectureSeance
from gouvernance.models import Decision, PointOrdreDuJour, Presence, Seance
from gouvernance.operations.decisions import modifier_decision, noter_decision
from gouvernance.operations.seances import noter_presence, traiter_point
from pdi.socle.droits import RegleMetier
from pdi.socle.formulaires import ECRITURE, envoi, signaler

from .instances import ecrire
from .tenue_seances import chemin_seance, seance_tenue


def _retour(request: HttpRequest, lue: Seance, ancre: str) -> HttpResponse:
    """Return the quorum alone to htmx, the page otherwise."""
    if request.headers.get("HX-Request"):
        contexte = {"lecture": LectureSeance(lue, request.user, timezone.localdate()), "seance": lue}
        return render(request, "gouvernance/seances/_quorum.html", contexte)
    return redirect(f"{lue.get_absolute_url()}#{ancre}")


def _touche(request: HttpRequest, presence: Presence, champ: str) -> str:
    """Return what was sent of a member, or what is written when the page says it is what it showed already."""
    ecrit: str = getattr(presence, champ)
    envoye = request.POST.get(f"{champ}-{presence.pk}", ecrit)
    return ecrit if envoye == request.POST.get(f"avant-{champ}-{presence.pk}") else envoye


@login_required
@never_cache
@require_POST
def presence_noter(request: HttpRequest, pk: int) -> HttpResponse:
    """Note who is there: whose state was touched. A page left open does not undo what another secretary noted."""
    lue = seance_tenue(request, pk)
    for presence in Presence.objects.filter(seance=lue).select_related("seance__instance", "membre"):
        etat, par = _touche(request, presence, "etat"), _touche(request, presence, "represente_par")
        if (etat, par) != (presence.etat, presence.represente_par):
            try:
                noter_presence(presence=presence, etat=etat, represente_par=par, par=request.user)
            except RegleMetier as erreur:
                messages.error(request, erreur.message)
                break
    return _retour(request, lue, "presence")


@login_required
@never_cache
@require_POST
def point_traiter(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a point is discussed, treated, put off."""
    point = get_object_or_404(PointOrdreDuJour.objects.select_related("seance__instance"), pk=pk)
    lue = seance_tenue(request, point.seance_id)
    try:
        traiter_point(point=point, etat=request.POST.get("etat", ""), par=request.user)
    except RegleMetier as erreur:
        messages.error(request, erreur.message)
    return redirect(f"{lue.get_absolute_url()}#point-{point.pk}")


def _cle(recue: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(recue)
    except ValueError:
        return None


@login_required
@never_cache
@require_POST
def decision_noter(request: HttpRequest, pk: int) -> HttpResponse:
    """Note a decision. A browser that resends after a lost network asks for JSON: the same key is written once."""
    lue = seance_tenue(request, pk)
    en_json = "application/json" in request.headers.get("Accept", "")
    form = DecisionForm(request.POST, seance=lue)
    if form.is_valid():
        cle = _cle(request.POST.get("cle", ""))
        form.cleaned_data.pop("version")
        try:
            notee = noter_decision(seance=lue, par=request.user, cle=cle, **form.cleaned_data)
        except RegleMetier as erreur:
            signaler(form, erreur)
        else:
            if en_json:
                return JsonResponse({"numero": str(notee)})
            messages.success(request, f"Décision {notee} notée.")
            return redirect(f"{lue.get_absolute_url()}#noter")
    if en_json:
        fautes = [str(f) for liste in form.errors.values() for f in liste]
        return JsonResponse({"message": " ".join(fautes)}, status=422)
    return ecrire(
        request, form, titre="Noter une décision", bouton="Noter la décision", chemin=chemin_seance(lue), cote="Séance"
    )


@login_required
@never_cache
@require_http_methods(ECRITURE)
def decision_modifier(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a decision while its meeting is open."""
    decision = get_object_or_404(Decision.objects.select_related("seance__instance__territoire"), pk=pk)
    lue = seance_tenue(request, decision.seance_id)
    form = DecisionForm(envoi(request), seance=lue, decision=decision)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data.pop("version") or 0
        try:
            modifier_decision(decision=decision, version=version, par=request.user, **form.cleaned_data)
        except RegleMetier as erreur:
            signaler(form, erreur)
        else:
            messages.success(request, f"Décision {decision} modifiée.")
            return redirect(lue)
    return ecrire(
        request, form, titre=f"Modifier la décision {decision}", bouton="Enregistrer la décision",
        chemin=chemin_seance(lue), cote="Séance",
    )  # fmt: skip
