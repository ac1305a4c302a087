"""Screens of orientation: decide, read a decision, record its notification."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from parcours.droits.orientation import peut_corriger_orientation, peut_notifier_orientation, peut_orienter
from parcours.forms.orientation import NotificationForm, OrientationForm
from parcours.lecture_orientation import LectureOrientation
from parcours.models import ModeAccompagnement, Orientation
from parcours.operations.orientation import ConfirmationRequise, notifier_orientation, orienter
from parcours.operations.reorientation import decider_reorientation
from parcours.views.acces import avec_motif, personne_lue, personne_ouverte
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.formulaires import entier, signaler
from pdi.socle.tri import Colonne

HORS_SAISIE = ("csrfmiddlewaretoken", "confirmee", "reprendre")
COLONNES_AVANT_APRES = (
    Colonne("Orientation en cours ou nouvelle", masquee=True),
    Colonne("Orientation"),
    Colonne("Structure"),
    Colonne("Période"),
)


def _ecran(
    request: HttpRequest, lecture: LectureOrientation, form: OrientationForm, gabarit: str = "orienter", **plus: Any
) -> HttpResponse:
    contexte = {"personne": lecture.personne, "lecture": lecture, "form": form, "proposee": lecture.proposee}
    contexte |= {"places": _places(lecture, form), "reponse": request.POST.get("reponse", "")[:2000]} | plus
    statut = 422 if form.errors else 200
    return render(request, f"parcours/orientation/{gabarit}.html", contexte, status=statut)


def _places(lecture: LectureOrientation, form: OrientationForm) -> list[tuple[Any, Any, str]]:
    """Return (structure, places, mode in words) to show beside the form: the territory's first, then the fullest."""
    connues = [
        (form.structures[p.structure], p, str(ModeAccompagnement(p.mode).label) if p.mode else "")
        for p in lecture.places
        if p.structure in form.structures
    ]
    return sorted(connues, key=lambda c: (c[0].pk not in lecture.proches, c[1].libres, str(c[0])))


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def orienter_personne(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide: accept what the rules propose or not. A previous orientation ends after a second, explicit step."""
    personne = personne_lue(request, pk)
    exiger(peut_orienter(request.user, personne))
    lecture = LectureOrientation(personne, timezone.localdate())
    options = lecture.options()
    if request.method != "POST":
        return _ecran(request, lecture, OrientationForm(initial=lecture.initiales, **options))
    form = OrientationForm(request.POST, **options)
    if not form.is_valid() or "reprendre" in request.POST:
        return _ecran(request, lecture, form)
    try:
        decidee = _decider(request, lecture, form)
    except ConfirmationRequise as demande:
        conserves = [(n, v) for n, v in request.POST.items() if n not in HORS_SAISIE]
        return _ecran(
            request, lecture, form, "confirmer", fin=demande, conserves=conserves, nouvelle=form.saisie(),
            type_nouveau=lecture.types[form.cleaned_data["type_decide"]], colonnes_avant_apres=COLONNES_AVANT_APRES,
        )  # fmt: skip
    except RegleMetier as refus:
        signaler(form, refus)
        return _ecran(request, lecture, form)
    messages.success(request, "L’orientation est décidée.")
    return redirect(decidee)


def _decider(request: HttpRequest, lecture: LectureOrientation, form: OrientationForm) -> Orientation:
    """Orient, or accept the request that waits and orient with it."""
    confirmee = entier(request.POST.get("confirmee"))
    saisie = form.saisie()
    if lecture.demande is None:
        return orienter(personne=lecture.personne, saisie=saisie, par=request.user, confirmee=confirmee)
    decidee = decider_reorientation(
        demande=lecture.demande, accepter=True, par=request.user, saisie=saisie, confirmee=confirmee,
        reponse=request.POST.get("reponse", "")[:2000],
    ).orientation_decidee  # fmt: skip
    assert decidee is not None  # noqa: S101  # nosec B101  # an accepted request has its orientation
    return decidee


def _orientation(request: HttpRequest, pk: int) -> Orientation:
    lues = Orientation.objects.visibles_par(request.user).select_related(
        "structure", "motif", "decidee_par", "diagnostic", "regle__jeu"
    )
    return get_object_or_404(lues, pk=pk)


@login_required
@never_cache
@avec_motif
@require_GET
def orientation(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a decision, its motive, what the rules had proposed and why."""
    lue = _orientation(request, pk)
    personne = personne_ouverte(request, lue.personne_id, "Orientation", entiere=True)
    return render(request, "parcours/orientation/orientation.html", _contexte(request, lue, personne))


def _contexte(request: HttpRequest, lue: Orientation, personne: Any, form: Any = None) -> dict[str, Any]:
    form = form or NotificationForm(initial={"notifiee_le": timezone.localdate()})
    return {
        "orientation": lue, "personne": personne, "demande": getattr(lue, "demande_acceptee", None), "form": form,
        "en_cours": timezone.localdate() in lue.periode, "ecart": lue.type_propose not in ("", lue.type_decide),
        "peut_corriger": peut_corriger_orientation(request.user, lue, personne),
        "corrections": lue.corrections.select_related("par"),
        "peut_notifier": peut_notifier_orientation(request.user, lue, personne),
    }  # fmt: skip


@login_required
@never_cache
@require_POST
def orientation_notifier(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the day the person was told."""
    lue = _orientation(request, pk)
    personne = personne_lue(request, lue.personne_id)
    exiger(peut_notifier_orientation(request.user, lue, personne))
    form = NotificationForm(request.POST)
    if form.is_valid():
        try:
            notifier_orientation(orientation=lue, le=form.cleaned_data["notifiee_le"], par=request.user)
        except RegleMetier as refus:
            signaler(form, refus)
        else:
            messages.success(request, "La notification est enregistrée.")
            return redirect(lue)
    contexte = _contexte(request, lue, personne, form)
    return render(request, "parcours/orientation/orientation.html", contexte, status=422)
