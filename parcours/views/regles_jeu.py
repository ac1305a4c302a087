"""Writing the rules of a version in preparation: one form a rule, their order, their withdrawal."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from parcours.droits.orientation import peut_gerer_regles
from parcours.forms.regles_orientation import CriteresFormSet, RegleForm, criteres_de
from parcours.lecture_diagnostics import grille_au
from parcours.models import JeuRegles, RegleOrientation
from parcours.operations.regles_jeu import SaisieRegle, deplacer_regle, enregistrer_regle, supprimer_regle
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.formulaires import signaler


def _saisie(form: RegleForm, criteres: Any) -> SaisieRegle:
    """Return what was typed; the rows ticked « retirer » and the blank ones are left out."""
    gardees = [f for f in criteres.forms if (f.initial or f.has_changed()) and f not in criteres.deleted_forms]
    return SaisieRegle(**form.cleaned_data, criteres=[f.critere for f in gardees])


@login_required
@require_http_methods(["GET", "POST"])
def jeu_regle(request: HttpRequest, pk: int, regle: int | None = None) -> HttpResponse:
    """Write one rule of a version in preparation, or a new one; checked against the questionnaire at once."""
    exiger(peut_gerer_regles(request.user))
    jeu = get_object_or_404(JeuRegles, pk=pk)
    lue = get_object_or_404(RegleOrientation, pk=regle, jeu=jeu) if regle else None
    if jeu.applique_des is not None:
        messages.warning(request, "Cette version s’applique déjà : préparez la suivante pour changer ses règles.")
        return redirect(jeu)
    debut = {c: getattr(lue, c) for c in ("explication", "type", "organisme", "par_defaut")} if lue else {}
    form = RegleForm(request.POST or None, initial=debut)
    criteres = CriteresFormSet(
        request.POST or None, prefix="criteres", initial=criteres_de(lue),
        form_kwargs={"grille": grille_au(timezone.localdate())},
    )  # fmt: skip
    if request.method == "POST" and all([form.is_valid(), criteres.is_valid()]):
        try:
            enregistrer_regle(jeu=pk, regle=regle, saisie=_saisie(form, criteres), par=request.user)
        except RegleMetier as refus:
            signaler(form, refus)
        else:
            messages.success(request, "La règle est enregistrée. Simulez le jeu avant de l’appliquer.")
            return redirect(jeu)
    contexte = {"jeu": jeu, "regle": lue, "form": form, "criteres": criteres}
    statut = 422 if request.method == "POST" else 200
    return render(request, "parcours/orientation/regle.html", contexte, status=statut)


@login_required
@require_POST
def jeu_regle_geste(request: HttpRequest, pk: int, regle: int) -> HttpResponse:
    """Move a rule up or down, or withdraw it."""
    exiger(peut_gerer_regles(request.user))
    lue = get_object_or_404(RegleOrientation, pk=regle, jeu=pk)
    geste = request.POST.get("geste", "")
    try:
        if geste == "supprimer":
            supprimer_regle(regle=lue, par=request.user)
            messages.success(request, "La règle est retirée de cette version.")
        else:
            deplacer_regle(regle=lue, sens=geste, par=request.user)
    except RegleMetier as refus:
        messages.error(request, refus.message)
    return redirect("parcours:jeu", pk)
