"""Form of a signature."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings

from actions.forms.champs import ChampDate
from actions.models import EtatSignature
from pdi.socle.formats import taille_fichier


class SignatureForm(forms.Form):
    """Whether a partner signed, when, in whose name."""

    etat = forms.ChoiceField(label="Signature", choices=EtatSignature.choices, widget=forms.RadioSelect)
    le = ChampDate(label="Le", required=False, help_text="Jour de la signature, ou du refus.")
    signe_par = forms.CharField(label="Nom du signataire", required=False, max_length=150)
    qualite = forms.CharField(
        label="Qualité", required=False, max_length=120, help_text="« Le président », « La directrice régionale »."
    )
    motif_refus = forms.CharField(label="Motif du refus", required=False, max_length=250)
    fichier = forms.FileField(label="Page signée", required=False, allow_empty_file=True)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Say what is accepted."""
        super().__init__(*args, **kwargs)
        types = ", ".join(settings.TYPES_PIECES_JOINTES)
        champ = self.fields["fichier"]
        champ.help_text = f"{types} ; {taille_fichier(settings.TAILLE_MAX_PIECE_JOINTE)} au plus."
        champ.widget.attrs["accept"] = ",".join(f".{t}" for t in settings.TYPES_PIECES_JOINTES)
