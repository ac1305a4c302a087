"""What a view does with a refused write."""

from __future__ import annotations

from django import forms

from .droits import RegleMetier


def signaler(form: forms.BaseForm, erreur: RegleMetier) -> None:
    """Show a business rule's sentence on the field it names, or above the form."""
    form.add_error(erreur.champ if erreur.champ in form.fields else None, erreur.message)
