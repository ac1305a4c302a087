"""The page of a short form about one person: its title, what it does, its button."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from parcours.models import Personne
from pdi.socle.droits import RegleMetier
from pdi.socle.formulaires import signaler


def retour(request: HttpRequest, personne: Any) -> HttpResponse:
    """Go back to the person's page, or to the list when what was written took her out of one's scope."""
    if Personne.objects.visibles_par(request.user).filter(pk=personne.pk).exists():
        return redirect(personne)
    messages.info(request, "Cette personne ne relève plus de votre périmètre : elle ne paraît plus dans vos listes.")
    return redirect("parcours:personnes")


def page_saisie(
    request: HttpRequest, personne: Any, form: forms.BaseForm, *, titre: str, bouton: str, note: str = "", **plus: Any
) -> HttpResponse:
    """Show the form; 422 once posted and refused. `plus`: what a template of its own reads (`gabarit` names it)."""
    gabarit = plus.pop("gabarit", "parcours/foyer/saisie.html")
    contexte = {"personne": personne, "form": form, "titre_page": titre, "bouton": bouton, "note_saisie": note, **plus}
    return render(request, gabarit, contexte, status=422 if request.method == "POST" else 200)


def saisir(
    request: HttpRequest, personne: Any, form: forms.BaseForm, faire: Callable[[], str], **page: Any
) -> HttpResponse:
    """Do `faire` when the form is right, tell what it says and go back to the person's page; else show the form."""
    if request.method == "POST" and form.is_valid():
        try:
            dit = faire()
        except RegleMetier as refus:
            signaler(form, refus)
        else:
            messages.success(request, dit)
            return retour(request, personne)
    return page_saisie(request, personne, form, **page)
