"""The form of one gesture on an object: what it asks, what it calls. Screens of a life cycle are lists of these."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms


class FormulaireActe(forms.Form):
    """A form about `objet`, which its fields may read."""

    def __init__(self, *args: Any, objet: Any = None, **kwargs: Any) -> None:
        """Keep the object."""
        super().__init__(*args, **kwargs)
        self.objet = objet


class FormulaireMotif(FormulaireActe):
    """A gesture that asks why."""

    commentaire = forms.CharField(label="Pourquoi", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))


@dataclass(frozen=True)
class Acte:
    """A gesture: the verb of the machine, its words, its form, the operation, what is said when it is done.

    `operation(objet, par, **values of the form)`.
    """

    verbe: str
    titre: str
    bouton: str
    dit: str
    operation: Callable[..., Any]
    formulaire: type[FormulaireActe] = FormulaireActe
    explication: str = ""
    grave: bool = False
    avec_fichier: bool = False
