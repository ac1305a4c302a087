"""One's own account and preferences."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from pdi.comptes.forms import PreferencesForm
from pdi.comptes.models import Utilisateur
from pdi.comptes.operations import changer_preferences
from pdi.socle.navigation import retour_sur

UN_AN = 365 * 24 * 3600


@login_required
@require_safe
def compte(request: HttpRequest) -> HttpResponse:
    """Who I am here, what I may do, how I like my pages."""
    return render(
        request,
        "comptes/compte.html",
        {"form": PreferencesForm(instance=get_object_or_404(Utilisateur, pk=request.user.pk))},
    )


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Keep the preferences: a cookie for the next visit, and the account when there is one."""
    utilisateur = request.user if isinstance(request.user, Utilisateur) else None
    form = PreferencesForm(request.POST, instance=Utilisateur.objects.get(pk=utilisateur.pk) if utilisateur else None)
    if not form.is_valid():
        if utilisateur is None:
            return redirect("comptes:connexion")
        return render(request, "comptes/compte.html", {"form": form}, status=422)
    if utilisateur is not None:
        changer_preferences(par=utilisateur, valeurs=form.valeurs)
        messages.success(request, "Vos préférences sont enregistrées.")
    defaut = reverse("comptes:compte" if utilisateur else "comptes:connexion")
    reponse = redirect(retour_sur(request, "suite", defaut=defaut))
    for nom in {"theme", "densite"} & form.valeurs.keys():
        reponse.set_cookie(
            nom, form.valeurs[nom], max_age=UN_AN, secure=request.is_secure(), httponly=True, samesite="Lax"
        )
    return reponse
