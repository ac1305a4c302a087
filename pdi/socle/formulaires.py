"""What the views that write share: the methods they answer to, what was posted, a refused write."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest

from .droits import RegleMetier

ECRITURE = ["GET", "HEAD", "POST"]  # a form: shown, then sent


def envoi(request: HttpRequest) -> Any:
    """Return what was posted, None when the form is only asked for."""
    return request.POST if request.method == "POST" else None


def signaler(form: forms.BaseForm, erreur: RegleMetier) -> None:
    """Show a business rule's sentence on the field it names, or above the form; one line a rule when there are many."""
    for champ, phrase in erreur.details or [(erreur.champ, erreur.message)]:
        form.add_error(champ if champ in form.fields else None, phrase)
