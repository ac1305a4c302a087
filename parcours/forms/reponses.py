"""Forms of the answers by link."""

from __future__ import annotations

from typing import Any

from django import forms

from .prescriptions import ReponseForm


class ReponseLienForm(ReponseForm):
    """The operator's answer by a link: taken or not, why, and a message."""

    presentation = None  # type: ignore[assignment]
    le = None  # type: ignore[assignment]


class ReglageForm(forms.Form):
    """Where an operator is written to."""

    courriel = forms.EmailField(
        label="Adresse électronique", required=False,
        help_text="De préférence celle d’un service plutôt que d’une personne : qui reçoit le lien peut répondre.",
    )  # fmt: skip
    actif = forms.BooleanField(label="Envoyer un lien à cette adresse à chaque prescription", required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for the address when links leave."""
        lues: dict[str, Any] = super().clean() or self.cleaned_data
        if lues.get("actif") and not lues.get("courriel") and "courriel" not in self.errors:
            self.add_error("courriel", "Donnez l’adresse à laquelle envoyer les liens.")
        return lues
