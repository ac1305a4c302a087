"""Screens of exits: record, end the accompaniment with a preview, read, undo; follow-ups, levels, evidence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from parcours.droits import sorties as droits
from parcours.files.suite import apres, retour
from parcours.forms.sorties import ActionForm, FinForm, MotifForm, PalierForm, PieceForm, SortieForm, SuiviForm
from parcours.lecture_sorties import LectureSortie, apercu
from parcours.models import EtatPrescription, PalierInsertion, PieceSortie, Prescription, Sortie, SuiviPostSortie
from parcours.operations import sorties as operations
from parcours.operations.suivis import noter_palier, noter_suivi
from parcours.views.acces import personne_suivie
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.formulaires import signaler
from pdi.socle.pieces import servir_piece

ecran = require_http_methods(["GET", "POST"])


def _sortie(request: HttpRequest, pk: int) -> Sortie:
    """Return an exit the user may read; 404 outside their people, 403 when they only find her."""
    lues = Sortie.objects.visibles_par(request.user).select_related(
        "personne", "type__referentiel", "motif", "prescription__offre", "referent", "structure", "declaree_par"
    )
    sortie: Sortie = get_object_or_404(lues, pk=pk)
    exiger(droits.peut_lire_sortie(request.user, sortie))
    return sortie


def _prescription(request: HttpRequest, pk: int) -> Prescription:
    lues = Prescription.objects.visibles_par(request.user).select_related("personne", "offre", "operateur", "sortie")
    return get_object_or_404(lues, pk=pk)


def _ecrire(
    request: HttpRequest, form: forms.Form, ecrire: Callable[[], Any], gabarit: str, contexte: dict[str, Any]
) -> Any:
    """Return what was written, or the page to show again: 422 with the form when something is refused."""
    if request.method == "POST" and form.is_valid():
        try:
            return ecrire()
        except RegleMetier as erreur:
            signaler(form, erreur)
    contexte = {"form": form, "retour": retour(request.GET), **contexte}
    return render(request, gabarit, contexte, status=422 if form.is_bound else 200)


@login_required
@never_cache
@ecran
def sortie_rsa(request: HttpRequest, pk: int) -> HttpResponse:
    """Record an exit from RSA: the accompaniment may go on."""
    personne = personne_suivie(request, pk)
    form = SortieForm(request.POST or None, request.FILES or None)

    def ecrire() -> Sortie:
        return operations.constater_sortie(
            personne=personne, saisie=form.saisie(), par=request.user, fichier=form.cleaned_data["fichier"]
        )

    fait = _ecrire(request, form, ecrire, "parcours/sorties/rsa.html", {"personne": personne})
    return _suite(request, fait, "La sortie du RSA est enregistrée. L’accompagnement, lui, continue.")


@login_required
@never_cache
@ecran
def sortie_action(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the exit of an action."""
    prescription = _prescription(request, pk)
    exiger(droits.peut_sortir_de_l_action(request.user, prescription))
    initial = {"date": prescription.fin_le or timezone.localdate()}
    en_cours = prescription.etat == EtatPrescription.EN_ACTION
    form = ActionForm(request.POST or None, request.FILES or None, initial=initial, en_cours=en_cours)

    def ecrire() -> Sortie:
        return operations.constater_sortie(
            prescription=prescription, saisie=form.saisie(), issue=form.issue(), par=request.user,
            fichier=form.cleaned_data["fichier"],
        )  # fmt: skip

    contexte = {"personne": prescription.personne, "prescription": prescription}
    fait = _ecrire(request, form, ecrire, "parcours/sorties/action.html", contexte)
    return _suite(request, fait, "La sortie de l’action est enregistrée.")


def _suite(request: HttpRequest, fait: Any, message: str) -> HttpResponse:
    if isinstance(fait, HttpResponse):
        return fait
    messages.success(request, message)
    return redirect(apres(request.GET, fait.get_absolute_url()))


@login_required
@never_cache
@ecran
def accompagnement_terminer(request: HttpRequest, pk: int) -> HttpResponse:
    """End an accompaniment: first what it will close, then the confirmation."""
    personne = personne_suivie(request, pk)
    form = FinForm(request.POST or None, request.FILES or None)
    contexte: dict[str, Any] = {"personne": personne, "apercu": None}
    if "modifier" in request.POST:
        return render(request, "parcours/sorties/terminer.html", {"form": form, "retour": None, **contexte})
    if request.method == "POST" and form.is_valid() and form.jour:
        contexte["apercu"] = apercu(personne, form.jour, form.saisie().type)

    def ecrire() -> Any:
        lu = contexte["apercu"]
        if not form.cleaned_data["confirmee"] and not lu.fermetures.vide:
            return render(request, "parcours/sorties/terminer.html", {"form": form, "retour": None, **contexte})
        return operations.terminer_accompagnement(
            personne=personne, saisie=form.saisie(), motif=form.cleaned_data["motif"], par=request.user,
            confirmee=form.cleaned_data["confirmee"], fichier=form.cleaned_data["fichier"],
        )  # fmt: skip

    fait = _ecrire(request, form, ecrire, "parcours/sorties/terminer.html", contexte)
    return _suite(request, fait, "L’accompagnement est terminé. Le référent et l’orientation sont clos avec lui.")


@login_required
@never_cache
@require_GET
def sortie(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an exit: what it says, its evidence, its follow-ups."""
    lecture = LectureSortie(_sortie(request, pk), request.user)
    return render(request, "parcours/sorties/sortie.html", {"lecture": lecture, "sortie": lecture.sortie})


@login_required
@never_cache
@ecran
def sortie_annuler(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo an exit entered by mistake, with its motive."""
    lue = _sortie(request, pk)
    exiger(droits.peut_annuler_sortie(request.user, lue))
    form = MotifForm(request.POST or None)

    def ecrire() -> bool:
        operations.annuler_sortie(sortie=lue, motif=form.cleaned_data["motif"], par=request.user)
        return True

    contexte = {"sortie": lue, "lecture": LectureSortie(lue, request.user)}
    fait = _ecrire(request, form, ecrire, "parcours/sorties/annuler.html", contexte)
    if isinstance(fait, HttpResponse):
        return fait
    messages.success(request, "La sortie est annulée : ce qu’elle avait fermé est rouvert.")
    return redirect("parcours:personne", lue.personne_id)


@login_required
@require_POST
def sortie_piece_ajouter(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep one more evidence file."""
    lue = _sortie(request, pk)
    form = PieceForm(request.POST, request.FILES)

    def ecrire() -> Sortie:
        operations.ajouter_justificatif(sortie=lue, fichier=form.cleaned_data["fichier"], par=request.user)
        return lue

    contexte = {"lecture": LectureSortie(lue, request.user, form), "sortie": lue}
    fait = _ecrire(request, form, ecrire, "parcours/sorties/sortie.html", contexte)
    return _suite(request, fait, "Le justificatif est ajouté.")


@login_required
@require_GET
def sortie_piece(request: HttpRequest, pk: int) -> FileResponse:
    """Download an evidence file: always a download, never shown inside the page."""
    piece = get_object_or_404(
        PieceSortie.objects.filter(sortie__in=Sortie.objects.visibles_par(request.user)), pk=pk
    )  # fmt: skip
    exiger(droits.peut_lire_sortie(request.user, piece.sortie))
    return servir_piece(piece)


@login_required
@never_cache
@ecran
def suivi_sortie(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter a follow-up after an exit."""
    suivis = SuiviPostSortie.objects.visibles_par(request.user).select_related("sortie__personne", "sortie__type")
    suivi = get_object_or_404(suivis, pk=pk)
    exiger(droits.peut_noter_suivi(request.user, suivi.sortie))
    form = SuiviForm(request.POST) if request.method == "POST" else SuiviForm.de(suivi)

    def ecrire() -> Sortie:
        return noter_suivi(suivi=suivi, par=request.user, **form.cleaned_data).sortie

    contexte = {"suivi": suivi, "sortie": suivi.sortie, "personne": suivi.sortie.personne}
    fait = _ecrire(request, form, ecrire, "parcours/sorties/suivi.html", contexte)
    return _suite(request, fait, f"Le suivi {suivi} est noté.")


@login_required
@never_cache
@ecran
def palier(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the level of insertion before and after an action."""
    prescription = _prescription(request, pk)
    exiger(droits.peut_suivre_action(request.user, prescription))
    connu = PalierInsertion.objects.filter(prescription=prescription).first()
    form = PalierForm(request.POST) if request.method == "POST" else PalierForm.de(connu)

    def ecrire() -> Prescription:
        noter_palier(prescription=prescription, par=request.user, **form.cleaned_data)
        return prescription

    contexte = {"prescription": prescription, "personne": prescription.personne}
    fait = _ecrire(request, form, ecrire, "parcours/sorties/palier.html", contexte)
    if isinstance(fait, HttpResponse):
        return fait
    messages.success(request, "Le palier d’insertion est noté.")
    return redirect("parcours:personne", prescription.personne_id)
