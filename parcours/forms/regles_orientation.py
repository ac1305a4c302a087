"""A rule of orientation as a form: what it proposes, and its criteria as question – operator – value rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from parcours.models import OrganismeOarsa, RegleOrientation, SituationTheme, ThemeDiagnostic, TypeOrientation

EST, AU_MOINS, AUCUNE = "situations", "niveau_min", "niveau_max"
OPERATEURS = (
    (EST, "La réponse à une question est l’une de celles-ci"),
    (AU_MOINS, "Au moins tant de réponses de ce niveau, ou plus graves"),
    (AUCUNE, "Toutes les réponses sont connues et aucune ne dépasse ce niveau"),
)
NIVEAUX = ((0, "Un atout"), (1, "Situation neutre"), (2, "Un frein"), (3, "Un frein bloquant"))
LIGNES_MAX = 12


class RegleForm(forms.Form):
    """What the rule proposes, and its reason in plain words."""

    explication = forms.CharField(
        label="Raison en clair", max_length=250, help_text="Lue par qui décide et par la personne : des faits.",
    )  # fmt: skip
    type = forms.ChoiceField(label="Orientation proposée", choices=TypeOrientation.choices)
    organisme = forms.ChoiceField(
        label="Organisme proposé", required=False, choices=[("", "Aucun en particulier"), *OrganismeOarsa.choices]
    )
    par_defaut = forms.BooleanField(
        label="Règle par défaut", required=False,
        help_text="Sans critère : elle propose quand aucune règle précédente ne s’applique. Une seule, en dernier.",
    )  # fmt: skip


class CritereForm(forms.Form):
    """One row. What an operator does not read is left aside."""

    operateur = forms.ChoiceField(label="Opérateur", choices=OPERATEURS, initial=EST)
    reponses = forms.MultipleChoiceField(
        label="Réponses", required=False, widget=forms.SelectMultiple(attrs={"size": 7}),
        help_text="Pour « la réponse est l’une de celles-ci » : une ou plusieurs réponses d’une même question.",
    )  # fmt: skip
    niveau = forms.TypedChoiceField(
        label="Niveau", required=False, coerce=int, empty_value=None, choices=[("", "Choisir un niveau"), *NIVEAUX]
    )
    nombre = forms.IntegerField(label="Nombre de réponses", required=False, min_value=1, max_value=30, initial=1)
    themes = forms.MultipleChoiceField(
        label="Parmi ces questions", required=False, widget=forms.SelectMultiple(attrs={"size": 7}),
        help_text="Aucune choisie : toutes les questions.",
    )  # fmt: skip
    dit = forms.CharField(
        label="Ce que ce critère dit", max_length=200, help_text="Par exemple : ne se projette pas dans l’emploi."
    )

    def __init__(self, *args: Any, grille: Any, **kwargs: Any) -> None:
        """Offer the questions and the answers of the grid."""
        super().__init__(*args, **kwargs)
        champs: dict[str, Any] = self.fields
        champs["reponses"].choices, champs["themes"].choices = _choix(grille)

    def clean(self) -> dict[str, Any]:
        """Demand what the operator reads."""
        propres = super().clean() or self.cleaned_data
        operateur, reponses = propres.get("operateur"), propres.get("reponses") or []
        if operateur == EST and not reponses and "reponses" not in self.errors:
            self.add_error("reponses", "Choisissez au moins une réponse.")
        if operateur == EST and len({r.split(":")[0] for r in reponses}) > 1:
            self.add_error("reponses", "Ces réponses sont de plusieurs questions : faites un critère par question.")
        if operateur in (AU_MOINS, AUCUNE) and propres.get("niveau") is None:
            self.add_error("niveau", "Choisissez un niveau.")
        return propres

    @property
    def critere(self) -> dict[str, Any]:
        """Return the row as parcours.regles.orientation reads it."""
        propres = self.cleaned_data
        if propres["operateur"] == EST:
            theme = propres["reponses"][0].split(":")[0]
            codes = [r.split(":", 1)[1] for r in propres["reponses"]]
            return {"theme": theme, "situations": codes, "dit": propres["dit"]}
        critere = {propres["operateur"]: propres["niveau"], "dit": propres["dit"]}
        if propres["operateur"] == AU_MOINS:
            critere["au_moins"] = propres["nombre"] or 1
        if propres["themes"]:
            critere["themes"] = propres["themes"]
        return critere


def _choix(grille: Any) -> tuple[list[Any], list[Any]]:
    """Return the answers grouped by question, and the questions."""
    if not hasattr(grille, "choix_des_regles"):
        themes = list(ThemeDiagnostic.objects.filter(grille=grille).order_by("ordre", "pk"))
        situations: dict[int, list[tuple[str, str]]] = {}
        for s in SituationTheme.objects.filter(theme__grille=grille).select_related("theme").order_by("niveau", "pk"):
            situations.setdefault(s.theme_id, []).append((f"{s.theme.code}:{s.code}", s.libelle))
        grille.choix_des_regles = (
            [(t.libelle, situations.get(t.pk, [])) for t in themes], [(t.code, t.libelle) for t in themes],
        )  # fmt: skip
    choix: tuple[list[Any], list[Any]] = grille.choix_des_regles
    return choix


def initiales(critere: dict[str, Any]) -> dict[str, Any]:
    """Return a stored criterion as the row shows it."""
    operateur = next((cle for cle in (EST, AU_MOINS, AUCUNE) if cle in critere), EST)
    return {
        "operateur": operateur, "dit": critere.get("dit", ""),
        "niveau": critere.get(operateur) if operateur != EST else None,
        "reponses": [f"{critere.get('theme', '')}:{code}" for code in critere.get(EST, ())],
        "nombre": critere.get("au_moins", 1),
        "themes": critere.get("themes", [critere["theme"]] if "theme" in critere and operateur != EST else []),
    }  # fmt: skip


CriteresFormSet: Any = forms.formset_factory(
    CritereForm, extra=1, can_order=False, can_delete=True, max_num=LIGNES_MAX, validate_max=True
)


def criteres_de(regle: RegleOrientation | None) -> Sequence[dict[str, Any]]:
    """Return the rows a form begins with."""
    return [initiales(c) for c in regle.criteres] if regle is not None else []
