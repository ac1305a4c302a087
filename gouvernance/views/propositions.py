"""Proposals of groups and dialogues: the list, its export, the page of one, its outcome."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gouvernance.droits_participation import peut_tenir_proposition
from gouvernance.forms.participation import PropositionForm, SuitePropositionForm
from gouvernance.lecture_proposition import LectureProposition
from gouvernance.listes_participation import COLONNES_PROPOSITIONS, ListePropositions
from gouvernance.models import Proposition
from gouvernance.operations.propositions import deposer_proposition, modifier_proposition, suivre_proposition
from pdi.socle.composants import Lien
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.exports import reponse_export
from pdi.socle.formulaires import ECRITURE, envoi, mener, signaler
from pdi.socle.tri import Colonne

from .instances import ecrire, instance_tenue
from .participation import chemin_participation

COLONNES = (
    Colonne("Proposition", "titre"), Colonne("Déposée", "deposee"), Colonne("Suite donnée"), Colonne("État", "etat")
)  # fmt: skip
# What each gesture is called: verb, title of its page, button.
VERBES = {
    "examiner": ("examiner_proposition", "Dire la proposition examinée", "Dire examinée"),
    "retenir": ("retenir_proposition", "Retenir la proposition", "Retenir"),
    "ecarter": ("ecarter_proposition", "Écarter la proposition", "Écarter"),
    "realiser": ("realiser_proposition", "Dire la proposition mise en œuvre", "Dire mise en œuvre"),
    "reexaminer": ("reexaminer_proposition", "Réexaminer la proposition", "Réexaminer"),
}
ECRITE_AU_GROUPE = "Le groupe ou le territoire qui l’a déposée lira ces mots sur sa page."


@login_required
@require_safe
def propositions(request: HttpRequest) -> HttpResponse:
    """List the proposals the reader may see."""
    liste = ListePropositions(request.user, request.GET, timezone.localdate())
    contexte = {
        "liste": liste, "filtres": liste.filtres, "tri": liste.tri, "page": liste.page, "colonnes": COLONNES,
    }  # fmt: skip
    return render(request, "gouvernance/propositions/propositions.html", contexte)


@login_required
@require_safe
def propositions_export(request: HttpRequest) -> HttpResponseBase:
    """Export the rows of the filter."""
    liste = ListePropositions(request.user, request.GET, timezone.localdate())
    return reponse_export(
        request, nom="propositions", titre="Propositions", colonnes=COLONNES_PROPOSITIONS,
        lignes=liste.decorees.order_by(*liste.tri.cles), filtres=liste.filtres.en_mots,
    )  # fmt: skip


def chemin_propositions(*suite: Lien) -> list[Lien]:
    """Return the way to a proposal."""
    return chemin_participation(Lien("Propositions", reverse("gouvernance:propositions")), *suite)


def _lue(request: HttpRequest, pk: int) -> Proposition:
    liens = (
        "instance__territoire",
        "dialogue__territoire",
        "decision__seance__instance",
        "fiche",
        "seance__instance__territoire",
    )
    return get_object_or_404(Proposition.objects.visibles_par(request.user).select_related(*liens), pk=pk)


@login_required
@require_safe
def proposition(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a proposal: its words, where it has gone up, what becomes of it."""
    lue = _lue(request, pk)
    lecture = LectureProposition(lue, request.user)
    gestes = [(code, v[2]) for code, v in VERBES.items() if v[0] in lecture.verbes]
    contexte = {"proposition": lue, "lecture": lecture, "gestes": gestes}
    return render(request, "gouvernance/propositions/proposition.html", contexte)


@login_required
@never_cache
@require_http_methods(ECRITURE)
def proposition_deposer(request: HttpRequest, pk: int) -> HttpResponse:
    """Note what a group proposes."""
    lue = instance_tenue(request, pk)
    voulue = request.GET.get("seance", "")
    seance = lue.seances.filter(pk=voulue).first() if voulue.isdecimal() and len(voulue) < 10 else None
    form = PropositionForm(envoi(request), utilisateur=request.user)
    reponse = mener(
        request, form, lambda: deposer_proposition(instance=lue, seance=seance, par=request.user, **form.valeurs),
        dit="La proposition est déposée : le comité technique la verra proposée.",
    )  # fmt: skip
    return reponse or ecrire(
        request, form, titre="Déposer une proposition", bouton="Déposer la proposition", cote="Proposition",
        chemin=chemin_propositions(Lien(str(lue), lue.get_absolute_url())),
    )  # fmt: skip


def _tenue(request: HttpRequest, pk: int) -> Proposition:
    lue = _lue(request, pk)
    exiger(peut_tenir_proposition(request.user, lue))
    return lue


@login_required
@never_cache
@require_http_methods(ECRITURE)
def proposition_modifier(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct the words of a proposal."""
    lue = _tenue(request, pk)
    form = PropositionForm(envoi(request), utilisateur=request.user, proposition=lue)
    if request.method == "POST" and form.is_valid():
        try:
            modifier_proposition(
                proposition=lue, version=form.cleaned_data["version"], par=request.user, **form.valeurs
            )
        except RegleMetier as erreur:
            signaler(form, erreur)
        else:
            messages.success(request, "La proposition est corrigée.")
            return redirect(lue)
    return ecrire(
        request, form, titre="Corriger la proposition", bouton="Enregistrer la proposition", cote="Proposition",
        chemin=chemin_propositions(Lien(str(lue), lue.get_absolute_url())),
    )  # fmt: skip


@login_required
@never_cache
@require_http_methods(ECRITURE)
def proposition_suivre(request: HttpRequest, pk: int, geste: str) -> HttpResponse:
    """Say what becomes of a proposal."""
    if geste not in VERBES:
        raise Http404("Ce geste n’existe pas.")
    verbe, titre, bouton = VERBES[geste]
    lue = _tenue(request, pk)
    form = SuitePropositionForm(envoi(request), verbe=verbe, utilisateur=request.user, proposition=lue)
    reponse = mener(
        request, form, lambda: suivre_proposition(proposition=lue, verbe=verbe, par=request.user, **form.cleaned_data),
        dit="La suite donnée à la proposition est enregistrée.", vers=lue,
    )  # fmt: skip
    return reponse or ecrire(
        request, form, titre=titre, bouton=bouton, cote="Proposition", texte=f"« {lue} ». {ECRITE_AU_GROUPE}",
        chemin=chemin_propositions(Lien(str(lue), lue.get_absolute_url())),
    )  # fmt: skip
