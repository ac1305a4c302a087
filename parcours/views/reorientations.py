"""Screens of requests to reorient: list, ask, read, refuse, withdraw. Accepting is orienting: see orientation."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from parcours import droits
from parcours.droits.orientation import (
    peut_decider_reorientation,
    peut_demander_reorientation,
    peut_lister_reorientations,
    peut_retirer_demande,
)
from parcours.forms.orientation import DemandeForm, RefusForm
from parcours.lecture_orientation import LectureOrientation
from parcours.listes_orientation import COLONNES_EXPORT_DEMANDES, ListeDemandes
from parcours.models import DemandeReorientation, EtatDemande
from parcours.operations.reorientation import decider_reorientation, demander_reorientation, retirer_demande
from parcours.regles.reorientation import STAGNE_APRES, attente, stagne
from parcours.views.acces import avec_motif, personne_lue, personne_ouverte
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.exports import reponse_export
from pdi.socle.formulaires import signaler
from pdi.socle.tri import Colonne

COLONNES = (
    Colonne("Personne, naissance", "nom"), Colonne("Aujourd’hui"), Colonne("Demandé"), Colonne("Motif"),
    Colonne("Attente", "attente"), Colonne("État"),
)  # fmt: skip


@login_required
@never_cache
@require_GET
def reorientations(request: HttpRequest) -> HttpResponse:
    """List the requests: those that wait first, the oldest at the head."""
    exiger(peut_lister_reorientations(request.user))
    liste = ListeDemandes(request.user, request.GET, timezone.localdate())
    contexte = {
        "liste": liste, "filtres": liste.filtres, "tri": liste.tri, "page": liste.page, "colonnes": COLONNES,
        "stagne_apres": STAGNE_APRES, "peut_exporter": droits.peut_exporter_personnes(request.user),
    }  # fmt: skip
    return render(request, "parcours/orientation/reorientations.html", contexte)


@login_required
@require_GET
def reorientations_export(request: HttpRequest) -> HttpResponseBase:
    """Export the rows of the filter."""
    exiger(peut_lister_reorientations(request.user))
    exiger(droits.peut_exporter_personnes(request.user))
    liste = ListeDemandes(request.user, request.GET, timezone.localdate())
    return reponse_export(
        request, nom="reorientations", titre="Demandes de réorientation", colonnes=COLONNES_EXPORT_DEMANDES,
        lignes=liste.lignes.order_by(*liste.tri.cles), filtres=liste.filtres.en_mots,
    )  # fmt: skip


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def reorientation_demander(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask to change the orientation in force."""
    personne = personne_lue(request, pk)
    exiger(peut_demander_reorientation(request.user, personne))
    lecture = LectureOrientation(personne, timezone.localdate())
    if lecture.demande is not None:
        messages.info(request, "Une demande attend déjà une décision : la voici.")
        return redirect(lecture.demande)
    form = DemandeForm(request.POST or None, types=lecture.types)
    if request.method == "POST" and form.is_valid():
        try:
            demande = demander_reorientation(personne=personne, par=request.user, **form.arguments())
        except RegleMetier as refus:
            signaler(form, refus)
        else:
            messages.success(request, "La demande est transmise. Vous serez prévenu de la décision.")
            return redirect(demande)
    contexte = {"personne": personne, "lecture": lecture, "form": form}
    return render(request, "parcours/orientation/demander.html", contexte, status=422 if form.errors else 200)


def _demande(request: HttpRequest, pk: int) -> DemandeReorientation:
    lues = DemandeReorientation.objects.visibles_par(request.user).select_related(
        "motif", "orientation__structure", "structure_demandee", "demandee_par", "decidee_par",
        "orientation_decidee__structure", "orientation_decidee__motif",
    )  # fmt: skip
    return get_object_or_404(lues, pk=pk)


def _page(request: HttpRequest, demande: DemandeReorientation, personne: Any, form: RefusForm) -> HttpResponse:
    jour, en_attente = timezone.localdate(), demande.etat == EtatDemande.EN_ATTENTE
    decidee = None if en_attente else demande.decidee_le
    contexte = {
        "demande": demande, "personne": personne, "form": form, "en_attente": en_attente,
        "attente": attente(demande.demandee_le, decidee, jour),
        "stagne": en_attente and stagne(demande.demandee_le, None, jour),
        "historique": demande.transitions.select_related("par"),
        "peut_decider": peut_decider_reorientation(request.user, demande, personne),
        "peut_retirer": peut_retirer_demande(request.user, demande, personne),
    }  # fmt: skip
    return render(request, "parcours/orientation/reorientation.html", contexte, status=422 if form.errors else 200)


@login_required
@never_cache
@avec_motif
@require_GET
def reorientation(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a request, its decision and why; decide it."""
    demande = _demande(request, pk)
    personne = personne_ouverte(request, demande.personne_id, "Demande de réorientation", entiere=True)
    return _page(request, demande, personne, RefusForm())


@login_required
@never_cache
@require_POST
def reorientation_refuser(request: HttpRequest, pk: int) -> HttpResponse:
    """Refuse a request, with its motive."""
    demande = _demande(request, pk)
    personne = personne_lue(request, demande.personne_id)
    exiger(peut_decider_reorientation(request.user, demande, personne))
    form = RefusForm(request.POST)
    if form.is_valid():
        try:
            decider_reorientation(
                demande=demande, accepter=False, par=request.user, reponse=form.cleaned_data["reponse"]
            )
        except RegleMetier as refus:
            signaler(form, refus)
        else:
            messages.success(request, "La demande est refusée. Son auteur est prévenu.")
            return redirect(demande)
    return _page(request, demande, personne, form)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def reorientation_retirer(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw a request, after confirmation."""
    demande = _demande(request, pk)
    personne = personne_lue(request, demande.personne_id)
    exiger(peut_retirer_demande(request.user, demande, personne))
    if request.method == "POST":
        retirer_demande(demande=demande, par=request.user)
        messages.success(request, "La demande est retirée.")
        return redirect(demande)
    contexte = {
        "titre": "Retirer cette demande de réorientation ?", "bouton": "Retirer la demande", "grave": False,
        "texte": "Elle ne sera pas décidée. L’orientation en cours reste ; une nouvelle demande sera possible.",
        "retour": reverse("parcours:reorientation", args=[pk]),
    }  # fmt: skip
    return render(request, "components/page_confirmation.html", contexte)
