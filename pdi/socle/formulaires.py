"""What the views that write share: the methods they answer to, what was posted, a refused write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from .droits import RegleMetier

ECRITURE = ["GET", "HEAD", "POST"]  # a form: shown, then sent


def envoi(request: HttpRequest) -> Any:
    """Return what was posted, None when the form is only asked for."""
    return request.POST if request.method == "POST" else None


def entier(texte: str | None) -> int | None:
    """Return the number that an address or a form carries (a key, a version, a year); None when it is none.

    « ² » is a digit for Python, but no number; and no key has twenty figures.
    """
    return int(texte) if texte and texte.isdecimal() and len(texte) < 19 else None


def cles_postees(request: HttpRequest, nom: str) -> list[int]:
    """Return the keys posted under a name, those that are numbers."""
    return [cle for cle in map(entier, request.POST.getlist(nom)) if cle is not None]


def signaler(form: forms.BaseForm, erreur: RegleMetier) -> None:
    """Show a business rule's sentence on the field it names, or above the form; one line a rule when there are many."""
    for champ, phrase in erreur.details or [(erreur.champ, erreur.message)]:
        form.add_error(champ if champ in form.fields else None, phrase)


def mener(
    request: HttpRequest, form: forms.BaseForm, operation: Callable[[], Any], *, dit: str, vers: Any = None
) -> HttpResponse | None:
    """Carry out `operation` when the form sent is right, tell `dit`, go to `vers`, or to what the operation returns.

    Return None when the form is to be shown: asked for, faulty, or refused by a rule, which it then tells.
    """
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        obtenu = operation()
    except RegleMetier as refus:
        signaler(form, refus)
        return None
    messages.success(request, dit)
    return redirect(vers or obtenu)
