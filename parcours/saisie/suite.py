"""Part of the interview form: the next meeting."""

from __future__ import annotations

from typing import Any

from django import forms

from parcours.forms.entretiens import RendezVousForm
from parcours.models import NatureEntretien
from parcours.operations.entretiens import Simultane, planifier_entretien
from parcours.rendez_vous import possibles, valeurs_initiales

from .base import Contexte, Volet

CODE = "suite"


class SuiteForm(RendezVousForm):
    """The form of a meeting, which counts as used once a day or an hour is given."""

    version = None  # type: ignore[assignment]  # a new meeting has none

    def has_changed(self) -> bool:
        """Return whether a day or an hour was given: the rest has likely values from the start."""
        return bool({"jour", "heure"} & set(self.changed_data))


def volet(contexte: Contexte) -> Volet:
    """Return the part."""
    choix = possibles(contexte.personne, contexte.utilisateur)
    initial = valeurs_initiales(choix) | {"nature": NatureEntretien.SUIVI, "lieu": contexte.entretien.lieu}

    def creer(data: Any) -> forms.BaseForm:
        return SuiteForm(data, choix=choix, prefix=CODE, initial=initial, use_required_attribute=False)

    def appliquer(form: SuiteForm) -> str:
        try:
            pris = planifier_entretien(
                personne=contexte.personne, rdv=form.rendez_vous(), par=contexte.utilisateur, malgre=form.confirme
            )
        except Simultane:
            form.simultane = True
            raise
        return f"prochain rendez-vous le {form.cleaned_data['jour']:%d/%m/%Y} ({pris.get_nature_display().lower()})"

    return Volet(
        CODE, "Prochain rendez-vous", creer, appliquer, gabarit="parcours/saisie/_suite.html",
        aide="Jour, heure, lieu.",
    )  # fmt: skip
