"""Screens of the reviewer: read a submitted bilan, decide, go on to the next."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from actions.avancement import suivant_a_relire
from actions.droits import peut_relire_bilan, peut_rouvrir_bilan, peut_valider_bilan
from actions.forms.bilans import CommentaireForm, ajouter_erreur
from actions.models import Bilan, EtatBilan
from actions.operations import relecture as operations
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.formats import compte
from pdi.socle.formulaires import entier

from .bilans import bilan_visible
from .lecture_bilan import LectureBilan

AIDE = "Obligatoire pour renvoyer : dites quoi reprendre, et ce qui est déjà bon. Le pilote lira ce texte."


def _version(request: HttpRequest) -> int | None:
    return entier(request.POST.get("version"))


def _page(request: HttpRequest, bilan: Bilan, form: CommentaireForm) -> HttpResponse:
    """Render the reviewing page: the bilan, the decision, where one is in the queue."""
    file = list(
        Bilan.objects.filter(campagne=bilan.campagne_id, etat=EtatBilan.SOUMIS)
        .order_by("fiche__ordre", "fiche_id")
        .values_list("pk", flat=True)
    )
    contexte: dict[str, Any] = LectureBilan(bilan, request.user).contexte() | {
        "form": form,
        "suivant": suivant_a_relire(bilan),
        "rang": file.index(bilan.pk) + 1 if bilan.pk in file else 0,
        "en_file": len(file),
    }
    return render(request, "actions/bilans/relire.html", contexte)


@login_required
@require_GET
def bilan_relire(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a submitted bilan with the decision to take."""
    bilan = bilan_visible(request, pk)
    exiger(peut_relire_bilan(request.user, bilan))
    return _page(request, bilan, CommentaireForm(libelle="Commentaire", aide=AIDE))


def _suite(request: HttpRequest, bilan: Bilan) -> HttpResponse:
    """Go to the next bilan to review, else back to the board."""
    suivant = suivant_a_relire(bilan)
    if request.POST.get("suite") and suivant is not None:
        return redirect("actions:bilan_relire", pk=suivant.pk)
    if request.POST.get("suite"):
        messages.info(request, "Tous les bilans soumis sont relus.")
    return redirect(bilan.campagne)


@login_required
def bilan_renvoyer(request: HttpRequest, pk: int) -> HttpResponse:
    """Send back, with its mandatory comment."""
    bilan = bilan_visible(request, pk)
    exiger(peut_relire_bilan(request.user, bilan))
    form = CommentaireForm(request.POST or None, libelle="Commentaire", aide=AIDE)
    if request.method != "POST" or not form.is_valid():
        return _page(request, bilan, form)
    try:
        operations.renvoyer_bilan(
            bilan=bilan, commentaire=form.cleaned_data["commentaire"], par=request.user, version=_version(request)
        )
    except RegleMetier as erreur:
        ajouter_erreur(form, erreur)
        return _page(request, bilan, form)
    messages.success(request, f"Le bilan de la fiche {bilan.fiche.numero} est renvoyé à son pilote, qui est prévenu.")
    return _suite(request, bilan)


@login_required
def bilan_valider(request: HttpRequest, pk: int) -> HttpResponse:
    """Validate."""
    bilan = bilan_visible(request, pk)
    exiger(peut_valider_bilan(request.user, bilan))
    form = CommentaireForm(request.POST or None, libelle="Commentaire", aide=AIDE)
    if request.method != "POST":
        return _page(request, bilan, form)
    try:
        operations.valider_bilan(bilan=bilan, par=request.user, version=_version(request))
    except RegleMetier as erreur:
        form.is_valid()
        ajouter_erreur(form, erreur)
        return _page(request, bilan, form)
    messages.success(request, f"Le bilan de la fiche {bilan.fiche.numero} est validé.")
    return _suite(request, bilan)


@login_required
def bilan_rouvrir(request: HttpRequest, pk: int) -> HttpResponse:
    """Reopen a validated bilan, saying why."""
    bilan = bilan_visible(request, pk)
    exiger(peut_rouvrir_bilan(request.user, bilan))
    form = CommentaireForm(request.POST or None, libelle="Pourquoi rouvrir ce bilan ?", aide="Le pilote lira ce texte.")
    if request.method == "POST" and form.is_valid():
        try:
            operations.rouvrir_bilan(bilan=bilan, commentaire=form.cleaned_data["commentaire"], par=request.user)
        except RegleMetier as erreur:
            ajouter_erreur(form, erreur)
        else:
            messages.success(request, "Le bilan est rouvert : son pilote est prévenu.")
            return redirect(bilan)
    contexte = {
        "form": form,
        "titre": f"Rouvrir le bilan de la fiche {bilan.fiche.numero} ?",
        "texte": "Il redevient « à corriger » : son pilote pourra le modifier et devra le soumettre de nouveau. "
        f"La campagne compte {compte(bilan.campagne.bilans.filter(etat=EtatBilan.VALIDE).count(), 'bilan validé')}.",
        "bouton": "Rouvrir le bilan",
        "retour": bilan.get_absolute_url(),
        "cote": f"Bilan {bilan.campagne.annee} – fiche {bilan.fiche.numero}",
    }
    return render(request, "actions/bilans/decision.html", contexte)
