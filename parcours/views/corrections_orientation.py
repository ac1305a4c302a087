"""A decision of orientation taken by mistake: correct what it says, or withdraw it. Its trace stays."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from parcours.droits.orientation import peut_corriger_orientation
from parcours.forms.orientation import CorrectionForm, RetraitForm
from parcours.lecture_orientation import LectureOrientation
from parcours.models import Orientation
from parcours.operations.correction_orientation import corriger_orientation, retirer_orientation
from parcours.views.acces import personne_lue
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.formulaires import ECRITURE, envoi, mener, signaler

CHAMPS = ("type_decide", "organisme", "structure", "mode", "notifiee_le", "motif", "motif_texte")


def _ouvrir(request: HttpRequest, pk: int) -> tuple[Orientation, Any]:
    """Return the decision and the person, for who may correct it."""
    lues = Orientation.objects.visibles_par(request.user).select_related("structure", "motif")
    lue = get_object_or_404(lues, pk=pk)
    personne = personne_lue(request, lue.personne_id)
    exiger(peut_corriger_orientation(request.user, lue, personne))
    return lue, personne


def _initiales(lue: Orientation) -> dict[str, Any]:
    valeurs = {c: getattr(lue, "structure_id" if c == "structure" else c) for c in CHAMPS}
    return valeurs | {"le": lue.decidee_le}


@login_required
@never_cache
@require_http_methods(ECRITURE)
def orientation_corriger(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a decision: the form as it was filled, and what was wrong."""
    lue, personne = _ouvrir(request, pk)
    lecture = LectureOrientation(personne, timezone.localdate())
    form = CorrectionForm(
        envoi(request), initial=_initiales(lue), **lecture.options() | {"origines": [], "propose": ""}
    )
    if request.method == "POST" and form.is_valid():
        try:
            corriger_orientation(
                orientation=lue, saisie=form.saisie(), pourquoi=form.cleaned_data["pourquoi"], par=request.user
            )
        except RegleMetier as refus:
            signaler(form, refus)
        else:
            messages.success(request, "La décision est corrigée. Ce qu’elle disait avant reste lisible.")
            return redirect(lue)
    contexte = {"orientation": lue, "personne": personne, "form": form}
    return render(request, "parcours/orientation/corriger.html", contexte, status=422 if form.errors else 200)


@login_required
@never_cache
@require_http_methods(ECRITURE)
def orientation_retirer(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw a decision, after saying why; show first what comes back."""
    lue, personne = _ouvrir(request, pk)
    form = RetraitForm(envoi(request))
    reponse = mener(
        request, form,
        lambda: retirer_orientation(orientation=lue, pourquoi=form.cleaned_data["pourquoi"], par=request.user),
        dit="La décision est retirée. Elle reste lisible dans l’historique de la personne.", vers=personne,
    )  # fmt: skip
    if reponse:
        return reponse
    precedentes = Orientation.objects.filter(personne=personne, periode__endswith=lue.periode.lower)
    contexte = {
        "orientation": lue, "personne": personne, "form": form, "demande": getattr(lue, "demande_acceptee", None),
        "precedente": precedentes.select_related("structure").first(),
    }  # fmt: skip
    return render(request, "parcours/orientation/retirer.html", contexte, status=422 if form.errors else 200)
