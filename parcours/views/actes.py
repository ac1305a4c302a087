"""The one view of every gesture on an object: its form, its operation, its sentence."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from parcours.forms.actes import Acte
from pdi.socle.droits import RegleMetier
from pdi.socle.formulaires import signaler


def poser_acte(request: HttpRequest, acte: Acte, objet: Any, gabarit: str, contexte: dict[str, Any]) -> HttpResponse:
    """Show the form of `acte`, or do it and go back to the object. The verdict is the caller's.

    What the operation refuses comes back beside the field (422), with everything that was typed.
    """
    form = acte.formulaire(request.POST or None, request.FILES or None, objet=objet)
    if request.method == "POST":
        form = acte.formulaire(request.POST, request.FILES, objet=objet)
        if form.is_valid():
            try:
                acte.operation(objet, request.user, **form.cleaned_data)
            except RegleMetier as erreur:
                signaler(form, erreur)
            else:
                messages.success(request, acte.dit)
                return redirect(objet)
    return render(
        request, gabarit, {"acte": acte, "form": form, "objet": objet, **contexte}, status=422 if form.errors else 200
    )
