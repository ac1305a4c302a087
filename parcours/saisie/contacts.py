"""Part of the interview form: how the person is reached."""

from __future__ import annotations

from typing import Any

from django import forms

from parcours.forms.personnes import ContactsForm
from parcours.operations.personnes import modifier_contacts

from .base import Contexte, Volet

CODE = "contacts"


def volet(contexte: Contexte) -> Volet:
    """Return the part."""

    def creer(data: Any) -> forms.BaseForm:
        return ContactsForm(data, personne=contexte.personne, prefix=CODE, use_required_attribute=False)

    def appliquer(form: Any) -> str:
        changes = {nom: form.cleaned_data[nom] for nom in form.changed_data}
        modifier_contacts(personne=contexte.personne, valeurs=changes, par=contexte.utilisateur)
        return "contacts mis à jour"

    return Volet(CODE, "Contacts", creer, appliquer, aide="Téléphone, courriel, moyen préféré.")
