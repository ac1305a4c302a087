"""Forgotten, chosen again, changed password."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.contrib.auth.views import PasswordChangeView, PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.views.decorators.http import require_http_methods, require_safe

from pdi.comptes.forms import MotDePasseOublieForm
from pdi.comptes.operations import definir_mot_de_passe, demander_mot_de_passe
from pdi.socle.limites import faire_attendre, trop_souvent

MAXIMUM, SECONDES = 10, 900  # links asked for from one address: nobody fills a mailbox that is not theirs


@require_http_methods(["GET", "POST"])
def mot_de_passe_oublie(request: HttpRequest) -> HttpResponse:
    """Ask for a link; the answer is the same whether the account exists or not."""
    form = MotDePasseOublieForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if trop_souvent(request, "comptes.mot_de_passe", maximum=MAXIMUM, secondes=SECONDES):
            return faire_attendre(request, SECONDES)
        demander_mot_de_passe(courriel=form.cleaned_data["email"], racine=request.build_absolute_uri("/"))
        return redirect("comptes:mot_de_passe_oublie_envoye")
    return render(request, "comptes/mot_de_passe_oublie.html", {"form": form})


@require_safe
def mot_de_passe_oublie_envoye(request: HttpRequest) -> HttpResponse:
    """Say what to look for in one's mail."""
    return render(request, "comptes/mot_de_passe_oublie_envoye.html")


class Reinitialisation(PasswordResetConfirmView):
    """Choose a password with the link received."""

    template_name = "comptes/reinitialisation.html"
    success_url = reverse_lazy("comptes:reinitialisation_faite")

    def form_valid(self, form: SetPasswordForm[Any]) -> HttpResponse:
        """Write through the operation, and spend the link."""
        definir_mot_de_passe(utilisateur=form.user, mot_de_passe=form.cleaned_data["new_password1"])
        self.request.session.pop("_password_reset_token", None)
        return HttpResponseRedirect(self.get_success_url())


@require_safe
def reinitialisation_faite(request: HttpRequest) -> HttpResponse:
    """Say that the password is set."""
    return render(request, "comptes/reinitialisation_faite.html")


class ChangementMotDePasse(PasswordChangeView):
    """Change one's password, the current one given."""

    template_name = "comptes/mot_de_passe.html"

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        """Write through the operation; this session stays open, the others close."""
        definir_mot_de_passe(utilisateur=form.user, mot_de_passe=form.cleaned_data["new_password1"])
        update_session_auth_hash(self.request, form.user)
        messages.success(self.request, "Votre mot de passe est changé. Vos autres sessions sont fermées.")
        return redirect(reverse("comptes:compte"))
