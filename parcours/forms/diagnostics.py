"""Forms of a diagnosis: shape only, the operations judge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils import timezone

from actions.forms.champs import ChampDate
from parcours.models import Diagnostic, ThemeDiagnostic
from parcours.operations.diagnostics import SaisieDiagnostic, SaisieReponse
from parcours.regles.diagnostics import Constat

TAILLE_SYNTHESE = 4000
TAILLE_PRECISION = 250


class NouveauDiagnosticForm(forms.Form):
    """Start: the day, and whether the latest answers are taken up again."""

    date = ChampDate(label="Date de l’entretien")
    reprendre = forms.BooleanField(label="Partir des réponses du dernier diagnostic", required=False)

    def __init__(self, *args: Any, dernier: Diagnostic | None, **kwargs: Any) -> None:
        """Ask about the latest one only when there is one."""
        super().__init__(*args, **kwargs)
        self.fields["date"].initial = timezone.localdate()
        if dernier is None:
            del self.fields["reprendre"]
        else:
            self.fields[
                "reprendre"
            ].help_text = f"Celui du {dernier.date:%d/%m/%Y} : vous ne changez que ce qui a bougé."
            self.fields["reprendre"].initial = True


@dataclass(frozen=True)
class LigneTheme:
    """One theme of the page: its two fields, and the answer of the diagnosis before."""

    theme: ThemeDiagnostic
    situation: BoundField
    precision: BoundField
    avant: Constat | None


@dataclass(frozen=True)
class Bloc:
    """A titled group of themes."""

    ancre: str
    titre: str
    aide: str
    lignes: list[LigneTheme]


class DiagnosticForm(forms.Form):
    """The grid: one answer and one precision a theme; the synthesis for those who may read it.

    `themes` are those the reader may see, with their situations; `avant` the answers of the diagnosis before, by code.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        themes: Sequence[ThemeDiagnostic],
        avant: Iterable[Constat] = (),
        sante: bool,
        **kwargs: Any,
    ) -> None:
        """Declare two fields a theme."""
        super().__init__(*args, **kwargs)
        self.themes, self.avant = list(themes), {c.theme: c for c in avant}
        for theme in self.themes:
            self.fields[f"theme-{theme.pk}"] = forms.TypedChoiceField(
                label=theme.libelle,
                choices=[("", "Sans réponse"), *((s.pk, s.libelle) for s in theme.situations.all())],
                coerce=int,
                empty_value=None,
                required=False,
                widget=forms.RadioSelect,
                help_text=theme.question,
            )
            self.fields[f"precision-{theme.pk}"] = forms.CharField(
                label=f"Précision : {theme.libelle.lower()}", required=False, max_length=TAILLE_PRECISION
            )
        if sante:
            self.fields["synthese"] = forms.CharField(
                label="Synthèse",
                required=False,
                max_length=TAILLE_SYNTHESE,
                widget=forms.Textarea(attrs={"rows": 5}),
                help_text="Ce que la personne veut et ce qui compte pour la suite. La personne peut lire ce texte : "
                "des faits, ni jugement, ni diagnostic médical, ni traitement.",
            )

    @classmethod
    def ouvrir(cls, diagnostic: Diagnostic, saisie: SaisieDiagnostic, **plus: Any) -> DiagnosticForm:
        """Return the form filled with what is stored."""
        initiales: dict[str, Any] = {"version": diagnostic.version, "synthese": saisie.synthese or ""}
        for pk, reponse in saisie.reponses.items():
            initiales[f"theme-{pk}"] = reponse.situation
            initiales[f"precision-{pk}"] = reponse.precision
        return cls(initial=initiales, **plus)

    def saisie(self) -> SaisieDiagnostic:
        """Return what was entered, for the operation."""
        propres = self.cleaned_data
        return SaisieDiagnostic(
            {t.pk: SaisieReponse(propres[f"theme-{t.pk}"], propres[f"precision-{t.pk}"]) for t in self.themes},
            propres.get("synthese"),
        )

    def avec_version(self, version: int) -> None:
        """Make the next save of this form judge `version`, once its author saw the differences."""
        donnees = QueryDict(mutable=True)
        donnees.update(self.data)
        donnees["version"] = str(version)
        self.data = donnees

    def _lignes(self, garde: Mapping[str, bool]) -> list[LigneTheme]:
        return [
            LigneTheme(t, self[f"theme-{t.pk}"], self[f"precision-{t.pk}"], self.avant.get(t.code))
            for t in self.themes
            if all(getattr(t, nom) == valeur for nom, valeur in garde.items())
        ]

    @property
    def blocs(self) -> list[Bloc]:
        """Return the themes as the page groups them; an empty group is left out."""
        blocs = [
            Bloc(
                "entree", "Questionnaire d’entrée", "Les questions que lisent les règles d’orientation.",
                self._lignes({"entree": True, "restreint": False}),
            ),
            Bloc(
                "approfondir", "Pour aller plus loin", "", self._lignes({"entree": False, "restreint": False}),
            ),
            Bloc(
                "reserve", "Rubrique réservée",
                "Lue par le référent et les agents d’orientation seulement ; ni imprimée, ni exportée.",
                self._lignes({"restreint": True}),
            ),
        ]  # fmt: skip
        return [bloc for bloc in blocs if bloc.lignes]

    @property
    def repondues(self) -> int:
        """Return how many themes have an answer on the page as it stands."""
        return sum(bool(self[f"theme-{t.pk}"].value()) for t in self.themes)
