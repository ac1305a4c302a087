"""Repeated rows, usable without script: « add », « remove », « up » and « down » submit and show the page again.

Nothing is written by these gestures: what was typed comes back as typed, in its new place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory
from django.http import QueryDict

from .champs import ChampStructure, Repertoire

LIGNES_MAX = 200


class Formulaire(forms.Form):
    """A form whose structure fields share one directory. `libelles` and `aides` replace those of the fields."""

    def __init__(
        self,
        *args: Any,
        repertoire: Repertoire | None = None,
        libelles: Mapping[str, str] | None = None,
        aides: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        """Give the directory to the fields that need it."""
        super().__init__(*args, **kwargs)
        for champ in self.fields.values():
            if isinstance(champ, ChampStructure):
                champ.repertoire = repertoire or Repertoire()
        for nom, texte in (libelles or {}).items():
            self.fields[nom].label = texte
        for nom, texte in (aides or {}).items():
            if texte:
                self.fields[nom].help_text = texte

    def brut(self, donnees: QueryDict) -> dict[str, Any]:
        """Return what was typed, unread."""
        return {
            nom: champ.widget.value_from_datadict(donnees, {}, self.add_prefix(nom))
            for nom, champ in self.fields.items()
        }


class Ligne(Formulaire):
    """One row. `significatifs`: the fields that make it exist; when all are empty the row is ignored."""

    significatifs: tuple[str, ...] = ()
    titre = ""  # set by the screen

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Add the hidden identifier of the row."""
        super().__init__(*args, **kwargs)
        self.fields["pk"] = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def has_changed(self) -> bool:
        """Return whether the row holds something; an existing row that was emptied must say so."""
        donnees = self.brut(self.data) if self.is_bound else {}  # type: ignore[arg-type]
        return any(donnees.get(nom) not in (None, "", False, []) for nom in (*self.significatifs, "pk"))


class BaseLignes(BaseFormSet):  # type: ignore[type-arg]  # not subscriptable at run time
    """Rows of one list: all optional, in the order of the page."""

    liste: Liste

    def initial_form_count(self) -> int:
        """Make every row optional: a blank one is ignored."""
        return 0

    def total_form_count(self) -> int:
        """Show the rows given, then the blank ones."""
        if self.is_bound:
            return super().total_form_count()
        return min(len(self.initial or ()) + self.extra, LIGNES_MAX)

    @property
    def valeurs(self) -> list[dict[str, Any]]:
        """Return the rows that hold something, in order, once valid."""
        return [f.cleaned_data for f in self.forms if f.has_changed()]

    @property
    def erreurs_globales(self) -> list[str]:
        """Return the messages about the list as a whole."""
        return [str(e) for e in self.non_form_errors()] if self.is_bound else []


@dataclass(frozen=True)
class Liste:
    """A list of rows on a screen: its form, its words. `singulier` names a row (« étape »).

    `fixe`: rows can neither be added, removed nor moved; `ordonnee`: they can be moved; `compacte`: the title of a
    row stands beside its only field.
    """

    ligne: type[Ligne]
    titre: str
    singulier: str
    ajouter: str = ""
    aide: str = ""
    vide: str = ""
    fixe: bool = False
    ordonnee: bool = False
    compacte: bool = False

    def formset(self, prefixe: str, donnees: QueryDict | None = None, **kwargs: Any) -> BaseLignes:
        """Return the rows, bound when `donnees` is given."""
        initial: Sequence[Mapping[str, Any]] = kwargs.pop("initial", ())
        extra = kwargs.pop("extra", 0)
        fabrique = formset_factory(
            self.ligne, formset=BaseLignes, extra=extra, max_num=LIGNES_MAX, absolute_max=LIGNES_MAX, validate_max=True
        )
        lignes = fabrique(donnees, initial=list(initial), prefix=prefixe, form_kwargs=kwargs)
        assert isinstance(lignes, BaseLignes)  # noqa: S101  # nosec B101
        lignes.liste = self
        return lignes

    def brutes(self, prefixe: str, donnees: QueryDict, **kwargs: Any) -> list[dict[str, Any]]:
        """Return the rows as typed."""
        try:
            total = min(int(donnees.get(f"{prefixe}-TOTAL_FORMS", "0")), LIGNES_MAX)
        except ValueError:
            total = 0
        return [self.ligne(prefix=f"{prefixe}-{i}", **kwargs).brut(donnees) for i in range(total)]


def faire_le_geste(lignes: list[dict[str, Any]], geste: str, rang: int) -> tuple[list[dict[str, Any]], int | None]:
    """Return the rows after « ajouter », « retirer », « monter » or « descendre », and the rank to look at.

    An unknown gesture, or one out of range, changes nothing.
    """
    suite = list(lignes)
    if geste == "ajouter" and len(suite) < LIGNES_MAX:
        return [*suite, {}], len(suite)
    if not 0 <= rang < len(suite):
        return suite, None
    if geste == "retirer":
        del suite[rang]
        return suite, min(rang, len(suite) - 1) if suite else None
    cible = rang + {"monter": -1, "descendre": 1}.get(geste, 0)
    if 0 <= cible < len(suite):
        suite.insert(cible, suite.pop(rang))
        return suite, cible
    return suite, rang
