"""Login, logout, and what is shown after too many attempts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axes.helpers import get_cool_off
from django.contrib.auth.views import LoginView, redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from pdi.comptes.forms import ConnexionForm
from pdi.socle.contexte import requete_courante
from pdi.socle.droits import DroitInsuffisant


class Connexion(LoginView):
    """Login by e-mail; attempts are counted by django-axes, per address and origin."""

    template_name = "comptes/connexion.html"
    authentication_form = ConnexionForm
    redirect_authenticated_user = True


def identifiant_normalise(request: HttpRequest | None, identifiants: Mapping[str, Any] | None = None) -> str:
    """Return the address that attempts are counted for: one counter whatever the case."""
    brut = (identifiants or {}).get("username") or (request.POST.get("username", "") if request is not None else "")
    return str(brut).strip().lower()


def compte_verrouille(
    request: HttpRequest, credentials: Mapping[str, Any] | None = None, *args: Any, **kwargs: Any
) -> HttpResponse:
    """429: too many attempts; how long to wait, and what to do meanwhile."""
    delai = get_cool_off(request)
    minutes = max(1, round(delai.total_seconds() / 60)) if delai else 15
    contexte = {"minutes": minutes, "reference": requete_courante()}
    reponse = render(request, "erreurs/429.html", contexte, status=429)
    reponse["Retry-After"] = str(minutes * 60)
    return reponse


def connexion_referentiels(request: HttpRequest, extra_context: Mapping[str, Any] | None = None) -> HttpResponse:
    """Stand for the login page of Django's admin: there is one door, and a refusal that says why."""
    if request.user.is_authenticated:
        raise DroitInsuffisant("Les référentiels sont ouverts aux administrateurs désignés pour les tenir.")
    return redirect_to_login(request.GET.get("next") or reverse("admin:index"))
