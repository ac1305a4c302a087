"""Forms of letters."""

from __future__ import annotations

from typing import Any

from django import forms

from parcours.models import ModeleCourrier


class CourrierForm(forms.Form):
    """Which model; and, once it proves too long, whether the letter is kept as it is."""

    modele = forms.ModelChoiceField(
        label="Modèle", queryset=ModeleCourrier.objects.none(), empty_label="Choisir",
        help_text="Le texte est rempli avec ce que le dossier contient aujourd’hui.",
    )  # fmt: skip
    accepter = forms.BooleanField(label="Garder ce courrier malgré sa longueur", required=False)

    def __init__(self, *args: Any, modeles: Any, **kwargs: Any) -> None:
        """Take the models in force."""
        super().__init__(*args, **kwargs)
        self.fields["modele"].queryset = modeles  # type: ignore[attr-defined]


class CourrierLotForm(CourrierForm):
    """The model of a letter to many people: what is too long is accepted letter by letter, once pages are counted."""

    accepter = None  # type: ignore[assignment]  # Django: None removes a field

    def saisie(self) -> ModeleCourrier:
        """Return the model chosen."""
        modele: ModeleCourrier = self.cleaned_data["modele"]
        return modele
