"""Part of the interview form: what stands in the way, theme by theme; a change makes a new finished diagnosis."""

from __future__ import annotations

from typing import Any

from django import forms

from parcours.lecture_diagnostics import dernier_termine, grille_au
from parcours.models import Diagnostic, ThemeDiagnostic
from parcours.operations.diagnostics import (
    SaisieDiagnostic,
    SaisieReponse,
    demarrer_diagnostic,
    enregistrer_diagnostic,
    terminer_diagnostic,
)
from pdi.socle.droits import RegleMetier
from pdi.socle.formats import compte

from .base import Contexte, Volet

CODE = "freins"
OBSTACLE = 2  # level from which a situation stands in the way
EN_COURS = "Un diagnostic est déjà en brouillon pour cette personne\u00a0: terminez-le sur son écran."


def _themes(contexte: Contexte) -> list[ThemeDiagnostic]:
    """Return the themes of the grid in force where something may stand in the way. Three queries."""
    grille = grille_au(contexte.jour)
    if grille is None:
        return []
    themes = ThemeDiagnostic.objects.filter(grille=grille, situations__niveau__gte=OBSTACLE).distinct()
    return list(themes.prefetch_related("situations").order_by("ordre", "pk"))


def _dernieres(contexte: Contexte, themes: list[ThemeDiagnostic]) -> dict[int, int]:
    """Return {theme: situation} of the latest finished diagnosis, read in the grid in force by the same codes."""
    ancien = dernier_termine(contexte.personne)
    codes = dict(ancien.reponses.values_list("theme__code", "situation__code")) if ancien else {}
    return {t.pk: s.pk for t in themes for s in t.situations.all() if codes.get(t.code) == s.code}


def volet(contexte: Contexte) -> Volet | None:
    """Return the part, None without a grid or for a reader who does not see the restricted themes.

    A diagnosis taken up by such a reader would lose these answers: they use its own screen.
    """
    themes = _themes(contexte) if contexte.voit_sante else []
    if not themes:
        return None
    dernieres = _dernieres(contexte, themes)

    def creer(data: Any) -> forms.BaseForm:
        form = forms.Form(data, prefix=CODE, use_required_attribute=False)
        for theme in themes:
            form.fields[str(theme.pk)] = forms.TypedChoiceField(
                label=theme.libelle, required=False, coerce=int, empty_value=None, initial=dernieres.get(theme.pk),
                choices=[("", "Non abordé"), *((s.pk, s.libelle) for s in theme.situations.all())],
            )  # fmt: skip
        return form

    def appliquer(form: Any) -> str:
        par, personne = contexte.utilisateur, contexte.personne
        if Diagnostic.objects.filter(personne=personne, termine_le__isnull=True).exists():
            raise RegleMetier(EN_COURS)
        changes = {int(nom): SaisieReponse(form.cleaned_data[nom]) for nom in form.changed_data}
        ouvert = demarrer_diagnostic(personne=personne, par=par, date=contexte.jour, reprendre=True)
        garde = enregistrer_diagnostic(
            diagnostic=ouvert, version=ouvert.version, saisie=SaisieDiagnostic(changes), par=par
        )
        terminer_diagnostic(diagnostic=garde, version=garde.version, par=par)
        return f"{compte(len(changes), 'thème')} du diagnostic mis à jour"

    return Volet(
        CODE, "Freins et atouts", creer, appliquer, gabarit="parcours/saisie/_grille.html",
        aide="Ce qui a changé depuis le dernier diagnostic.",
    )  # fmt: skip
