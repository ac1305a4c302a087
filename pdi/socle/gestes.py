"""Gestures without a form: asked on a page of confirmation, done by one operation, told when done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from .droits import RegleMetier


@dataclass(frozen=True)
class Geste:
    """A gesture: its operation, what the confirmation says, what is said when it is done."""

    operation: Callable[..., Any]
    titre: str
    texte: str
    bouton: str
    dit: str


def geste_de(gestes: Mapping[str, Geste], code: str) -> Geste:
    """Return the gesture of that name. Raises Http404."""
    fait = gestes.get(code)
    if fait is None:
        raise Http404("Ce geste n’existe pas.")
    return fait


def confirmer_geste(request: HttpRequest, fait: Geste, **objet: Any) -> HttpResponse:
    """Ask, then do it on `objet`, the operation's one keyword, whose page one comes back to.

    A refusal is told on that page.
    """
    (lu,) = objet.values()
    if request.method == "POST":
        try:
            fait.operation(**objet, par=request.user)
        except RegleMetier as erreur:
            messages.error(request, erreur.message)
        else:
            messages.success(request, fait.dit)
        return redirect(lu)
    contexte = {"titre": fait.titre, "texte": fait.texte, "bouton": fait.bouton, "retour": lu.get_absolute_url()}
    return render(request, "components/page_confirmation.html", contexte | {"grave": False})
