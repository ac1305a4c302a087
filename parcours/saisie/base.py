"""What a part of the interview form is: a form of its own, and the operation that applies it.

A part costs nothing until it is used: its form is only judged when something in it differs from what it offered.
Another family adds a part by a module with `volet(contexte) -> Volet | None`, listed in parcours.saisie.volets.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms.boundfield import BoundField
from django.forms.utils import ErrorDict
from django.utils.datastructures import MultiValueDict

from parcours.models import Entretien


@dataclass(frozen=True)
class Contexte:
    """Whose interview, by whom, on which day. `voit_sante`: the restricted themes may be shown."""

    entretien: Entretien
    personne: Any
    utilisateur: Any
    jour: datetime.date
    voit_sante: bool


@dataclass
class Volet:
    """One part. `creer(data)` gives its form (data None: as first shown); `appliquer(form)` writes and tells.

    `appliquer` runs inside the transaction of the whole form, on a valid form, and returns one sentence. `toujours`:
    judged even when nothing was changed in it.
    """

    code: str
    titre: str
    creer: Callable[[Any], forms.BaseForm]
    appliquer: Callable[[Any], str]
    gabarit: str = "parcours/saisie/_champs.html"
    aide: str = ""
    toujours: bool = False
    donnees: Mapping[str, Any] = field(default_factory=dict)
    form: Any = None
    touche: bool = False

    @property
    def ouvert(self) -> bool:
        """Return whether the part is unfolded: used, or at fault."""
        return self.touche or bool(self.form.errors)

    @property
    def champs(self) -> list[str]:
        """Return the names of its fields in the page."""
        return [self.form.add_prefix(nom) for nom in self.form.fields]


def en_brouillon(form: forms.BaseForm) -> forms.BaseForm:
    """Return a bound form that shows what it holds without judging it: a draft is unfinished by nature."""
    vars(form)["_errors"] = ErrorDict()  # no public way to say « do not judge »
    return form


def multiples(donnees: Mapping[str, Sequence[str]]) -> MultiValueDict[str, str]:
    """Return the values of a stored draft in the shape of a posted form."""
    return MultiValueDict({cle: list(valeurs) for cle, valeurs in donnees.items()})


class Saisie:
    """The whole form: its parts, first shown, restored from a draft, or posted."""

    def __init__(self, volets: Sequence[Volet], data: Any = None, *, brouillon: bool = False) -> None:
        """Build the form of each part from `data`; with `brouillon`, nothing is judged."""
        self.volets = list(volets)
        for volet in self.volets:
            volet.form = volet.creer(data)
            volet.touche = data is not None and bool(volet.form.has_changed())
            if data is not None and (brouillon or not (volet.touche or volet.toujours)):
                en_brouillon(volet.form)

    @property
    def actifs(self) -> list[Volet]:
        """Return the parts to apply, in order."""
        return [v for v in self.volets if v.touche or v.toujours]

    def is_valid(self) -> bool:
        """Return whether each part to apply is well formed; every part is judged."""
        return not [v for v in self.actifs if not v.form.is_valid()]

    # What the summary of errors (tag `erreurs`) reads, as of one form.

    @property
    def errors(self) -> dict[str, Any]:
        """Return {field in the page: its faults}."""
        return {
            v.form.add_prefix(nom): fautes
            for v in self.volets
            for nom, fautes in v.form.errors.items()
            if nom != NON_FIELD_ERRORS
        }

    def non_field_errors(self) -> list[str]:
        """Return the faults of whole parts, each with the part's title."""
        return [f"{v.titre} : {faute}" for v in self.volets for faute in v.form.non_field_errors()]

    def __getitem__(self, nom: str) -> BoundField:
        """Return a field of the page."""
        champs = ((v.form, n) for v in self.volets for n in v.form.fields if v.form.add_prefix(n) == nom)
        form, court = next(champs)
        champ: BoundField = form[court]
        return champ

    def donnees(self, post: Any) -> dict[str, list[str]]:
        """Return what was posted for the fields of the page, empty values left out: what a draft keeps."""
        noms = [nom for v in self.volets for nom in v.champs]
        lus = {nom: [v for v in post.getlist(nom) if v.strip()] for nom in noms}
        return {nom: valeurs for nom, valeurs in lus.items() if valeurs}

    @property
    def libelles(self) -> dict[str, str]:
        """Return {field: its label with its part}, to say in words what differs."""
        return {
            v.form.add_prefix(nom): f"{v.titre} : {champ.label}"
            for v in self.volets
            for nom, champ in v.form.fields.items()
        }
