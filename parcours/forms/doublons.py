"""The form of a separation."""

from __future__ import annotations

from django import forms


class SeparationForm(forms.Form):
    """Why the two files are those of two people."""

    motif = forms.CharField(
        label="Ce qui vous fait dire que ce sont deux personnes", max_length=250, required=False,
        help_text="Par exemple : deux sœurs, reçues ensemble à l’accueil. Gardé avec la fusion.",
    )  # fmt: skip
