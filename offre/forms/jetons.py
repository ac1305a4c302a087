"""Forms of the keys of the API."""

from __future__ import annotations

from django import forms

from actions.forms.champs import ChampDate


class JetonForm(forms.Form):
    """Whom a key serves, until when."""

    nom = forms.CharField(
        label="À qui sert ce jeton", max_length=100,
        help_text="Un logiciel ou un partenaire, par exemple « Site de la Ville d’Évry-Courcouronnes ».",
    )  # fmt: skip
    expire_le = ChampDate(
        label="Valable jusqu’au", required=False, help_text="Ce jour compris. Laissez vide pour ne pas le limiter."
    )
