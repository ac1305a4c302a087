"""Form of the words of EP letters."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms

from actions.forms.champs import ChampDate
from actions.forms.lignes import Formulaire
from gouvernance.models import ModeleLettreEP
from gouvernance.operations.ep_modeles import lire_modeles, modeles_livres
from gouvernance.regles.lettres_ep import fautes_du_texte


class ModeleLettreForm(Formulaire):
    """The next version of a letter: it starts from the last one, or from the text that we ship."""

    objet = forms.CharField(label="Objet", max_length=150)
    corps = forms.CharField(
        label="Texte", max_length=6000, widget=forms.Textarea(attrs={"rows": 18}),
        help_text="Un paragraphe par ligne ; « - » ouvre un point de liste. Les champs s’écrivent entre accolades, "
        "comme {nom}. Un paragraphe dont un champ est vide n’est pas imprimé.",
    )  # fmt: skip
    des = ChampDate(
        label="S’applique à partir du", help_text="Les lettres déjà écrites gardent le texte de leur version."
    )

    def __init__(self, *args: Any, genre: str, jour: datetime.date, **kwargs: Any) -> None:
        """Propose tomorrow."""
        self.genre = genre
        dernier = ModeleLettreEP.objects.filter(genre=genre).first()
        lu = {"objet": dernier.objet, "corps": dernier.corps} if dernier else None
        livre = next((m for m in lire_modeles(modeles_livres()) if m["genre"] == genre), {})
        depart = lu or {"objet": livre.get("objet", ""), "corps": livre.get("corps", "")}
        demain = jour + datetime.timedelta(days=1) if dernier else jour
        kwargs.setdefault("initial", depart | {"des": demain})
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Refuse an unknown field, or what the law wants said left out: the preview needs a text that holds."""
        lues: dict[str, Any] = super().clean() or self.cleaned_data
        if "objet" in lues and "corps" in lues:
            for faute in fautes_du_texte(self.genre, lues["objet"], lues["corps"]):
                self.add_error("corps", faute)
        return lues
