"""Screens of one meeting: plan, move, say its outcome, cancel, correct, read."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from parcours import droits
from parcours.forms.entretiens import MotifForm, RendezVousForm
from parcours.models import Entretien, EtatEntretien, RegimeJuridique
from parcours.operations.consultations import consigner
from parcours.operations.entretiens import (
    Simultane,
    annuler_entretien,
    deplacer_entretien,
    dire_issue,
    planifier_entretien,
    rouvrir_entretien,
)
from parcours.regles.delais import Regime
from parcours.regles.entretiens import ICONE, ISSUES, TON
from parcours.rendez_vous import echeance_premier, possibles, valeurs_de, valeurs_initiales
from parcours.views.acces import personne_suivie
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.formulaires import entier, mener, signaler
from pdi.socle.navigation import retour_sur


def entretien_suivi(request: HttpRequest, pk: int) -> Any:
    """Return a meeting the user may write about, with its person read by `personne_suivie`; 404 or 403 otherwise."""
    visibles = Entretien.objects.visibles_par(request.user).select_related("agent", "structure")
    entretien: Any = get_object_or_404(visibles, pk=pk)
    entretien.personne = personne_suivie(request, entretien.personne_id)
    return entretien


def _rendez_vous(request: HttpRequest, personne: Any, form: RendezVousForm, **plus: Any) -> HttpResponse:
    regimes = [Regime.lire(r) for r in RegimeJuridique.objects.all()]
    contexte = {
        "personne": personne, "form": form, "entretien": None, "jour": timezone.localdate(),
        "echeance": echeance_premier(personne, regimes, timezone.localdate()),
    }  # fmt: skip
    return render(request, "parcours/entretiens/rendez_vous.html", contexte | plus, status=422 if form.errors else 200)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def entretien_planifier(request: HttpRequest, pk: int) -> HttpResponse:
    """Plan a meeting with a person."""
    personne = personne_suivie(request, pk)
    choix = possibles(personne, request.user)
    if request.method != "POST":
        return _rendez_vous(request, personne, RendezVousForm(choix=choix, initial=valeurs_initiales(choix)))
    form = RendezVousForm(request.POST, choix=choix)
    if form.is_valid():
        try:
            pris = planifier_entretien(
                personne=personne, rdv=form.rendez_vous(), par=request.user, malgre=form.confirme
            )
        except RegleMetier as erreur:
            _refuser(form, erreur)
        else:
            messages.success(request, f"{pris.get_nature_display()} : rendez-vous inscrit à l’agenda.")
            return redirect(retour_sur(request, defaut=personne.get_absolute_url()))
    return _rendez_vous(request, personne, form)


def _refuser(form: RendezVousForm, erreur: RegleMetier) -> None:
    """Show the refusal; the box that keeps both meetings appears once there are two."""
    form.simultane = form.simultane or isinstance(erreur, Simultane)
    signaler(form, erreur)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def entretien_deplacer(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a planned meeting another hour, place or agent."""
    entretien = entretien_suivi(request, pk)
    exiger(droits.peut_deplacer_entretien(request.user, entretien, entretien.personne))
    choix = possibles(entretien.personne, request.user)
    form = RendezVousForm(request.POST or None, choix=choix, actuel=entretien, initial=valeurs_de(entretien))
    if request.method == "POST" and form.is_valid():
        try:
            deplacer_entretien(
                entretien=entretien, rdv=form.rendez_vous(), par=request.user, malgre=form.confirme,
                version=form.cleaned_data["version"],
            )  # fmt: skip
        except RegleMetier as erreur:
            _refuser(form, erreur)
        else:
            messages.success(request, "Le rendez-vous est déplacé.")
            return redirect(retour_sur(request, defaut=entretien.get_absolute_url()))
    return _rendez_vous(request, entretien.personne, form, entretien=entretien)


@login_required
@never_cache
@require_GET
def entretien(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a meeting: its account, what may be done of it, its history. The consultation is recorded."""
    lu = entretien_suivi(request, pk)
    consigner(personne=lu.personne, par=request.user, ecran="Entretien")
    qui, personne = request.user, lu.personne
    contexte = {
        "entretien": lu, "personne": personne, "ton": TON[lu.etat], "icone": ICONE[lu.etat],
        "transitions": [(t, EtatEntretien(t.vers)) for t in lu.transitions.select_related("par")],
        "peut_saisir": droits.peut_saisir_entretien(qui, lu, personne),
        "peut_deplacer": droits.peut_deplacer_entretien(qui, lu, personne),
        "peut_annuler": droits.peut_changer_entretien(qui, lu, "annuler_entretien", personne),
        "peut_rouvrir": droits.peut_changer_entretien(qui, lu, "rouvrir_entretien", personne),
        "jour_venu": timezone.localdate(lu.debut) <= timezone.localdate(),
    }  # fmt: skip
    return render(request, "parcours/entretiens/entretien.html", contexte)


@login_required
@require_POST
def entretien_issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Say in one gesture what became of a meeting."""
    lu = entretien_suivi(request, pk)
    issue = request.POST.get("issue", "")
    if issue not in ISSUES:
        messages.error(request, "Choisissez une issue : tenu, manqué ou excusé. Rien n’a changé.")
        return redirect(lu)
    exiger(droits.peut_changer_entretien(request.user, lu, ISSUES[EtatEntretien(issue)], lu.personne))
    try:
        dire_issue(entretien=lu, issue=issue, par=request.user, version=entier(request.POST.get("version")))
    except RegleMetier as erreur:
        messages.error(request, erreur.message)
    else:
        suite = "Il reste à écrire le compte rendu." if issue == EtatEntretien.TENU else "Proposez une autre date."
        messages.success(request, f"Rendez-vous {EtatEntretien(issue).label.lower()}. {suite}")
    return redirect(retour_sur(request, defaut=lu.get_absolute_url()))


def _motiver(request: HttpRequest, pk: int, verbe: str, operation: Any, **mots: str) -> HttpResponse:
    """Ask why, then do it."""
    lu = entretien_suivi(request, pk)
    exiger(droits.peut_changer_entretien(request.user, lu, verbe, lu.personne))
    form = MotifForm(request.POST or None)
    reponse = mener(
        request, form, lambda: operation(entretien=lu, motif=form.cleaned_data["motif"], par=request.user),
        dit=mots["fait"], vers=lu,
    )  # fmt: skip
    if reponse:
        return reponse
    contexte = {"entretien": lu, "personne": lu.personne, "form": form, **mots}
    return render(request, "parcours/entretiens/motif.html", contexte, status=422 if form.errors else 200)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def entretien_annuler(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel a planned meeting, with its reason."""
    return _motiver(
        request, pk, "annuler_entretien", annuler_entretien,
        titre="Annuler ce rendez-vous ?", bouton="Annuler le rendez-vous", fait="Le rendez-vous est annulé.",
        texte="Il reste visible dans le parcours, avec son motif, et ne compte pas dans le taux de présence.",
    )  # fmt: skip


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def entretien_rouvrir(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back an outcome said by mistake, with its reason."""
    return _motiver(
        request, pk, "rouvrir_entretien", rouvrir_entretien,
        titre="Corriger l’issue de ce rendez-vous ?", bouton="Remettre à « prévu »",
        fait="Le rendez-vous est de nouveau prévu : dites son issue.",
        texte="Le rendez-vous redevient « prévu ». Le compte rendu est gardé.",
    )  # fmt: skip
