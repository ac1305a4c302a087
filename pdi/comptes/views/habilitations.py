"""Roles given and ended."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from pdi.comptes import operations
from pdi.comptes.droits import peut_gerer_comptes, peut_retirer_habilitation
from pdi.comptes.forms import HabilitationForm
from pdi.comptes.models import Habilitation, Utilisateur
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.formulaires import signaler


@login_required
@require_http_methods(["GET", "POST"])
def habilitation_ajouter(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a role to the account `pk`."""
    exiger(peut_gerer_comptes(request.user))
    cible = get_object_or_404(Utilisateur.objects.visibles_par(request.user), pk=pk)
    form = HabilitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.ajouter_habilitation(utilisateur=cible, par=request.user, **form.cleaned_data)
        except RegleMetier as erreur:
            signaler(form, erreur)
        else:
            messages.success(request, "L’habilitation est enregistrée.")
            return redirect("comptes:utilisateur", cible.pk)
    return render(request, "comptes/habilitation_form.html", {"form": form, "cible": cible})


@login_required
@require_http_methods(["GET", "POST"])
def habilitation_retirer(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for confirmation, then end the habilitation `pk` today."""
    exiger(peut_gerer_comptes(request.user))
    habilitation = get_object_or_404(Habilitation.objects.select_related("utilisateur", "structure"), pk=pk)
    retour = reverse("comptes:utilisateur", args=[habilitation.utilisateur_id])
    exiger(peut_retirer_habilitation(request.user, habilitation))
    if request.method == "POST":
        try:
            operations.retirer_habilitation(habilitation=habilitation, par=request.user)
        except RegleMetier as erreur:
            messages.warning(request, erreur.message)
        else:
            messages.success(request, "L’habilitation prend fin aujourd’hui.")
        return redirect(retour)
    contexte = {
        "titre": f"Retirer le rôle « {habilitation} » ?",
        "texte": "Le rôle prend fin aujourd’hui. Il reste écrit dans l’historique du compte.",
        "bouton": "Retirer ce rôle",
        "retour": retour,
        "grave": True,
    }
    return render(request, "components/page_confirmation.html", contexte)
