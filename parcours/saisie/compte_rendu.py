"""First part of the interview form: its outcome, its account, what comes next."""

from __future__ import annotations

from typing import Any

from django import forms

from parcours.models import EtatEntretien
from parcours.operations.entretiens import dire_issue, rendre_compte

from .base import Contexte, Volet

CODE = "compte-rendu"
LONGUEUR = 8000
CHOIX = [(EtatEntretien.TENU, "Tenu"), (EtatEntretien.MANQUE, "Manqué"), (EtatEntretien.EXCUSE, "Excusé")]


class CompteRenduForm(forms.Form):
    """What became of the meeting and what was said. The account is asked of a meeting held only."""

    issue = forms.ChoiceField(label="Ce rendez-vous", choices=CHOIX, widget=forms.RadioSelect)
    motif = forms.CharField(
        label="Motif de l’absence", required=False, max_length=200, help_text="Seulement s’il est manqué ou excusé."
    )
    resume = forms.CharField(
        label="Compte rendu", required=False, max_length=LONGUEUR, widget=forms.Textarea(attrs={"rows": 7}),
        help_text="Des faits, pas de jugement. La santé se note dans le diagnostic, thème réservé. "
        "La personne peut demander à lire ce texte.",
    )  # fmt: skip
    prochaines_etapes = forms.CharField(
        label="Prochaines étapes", required=False, max_length=LONGUEUR, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Qui fait quoi, pour quand.",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Ask for an account when the meeting was held."""
        donnees = super().clean() or {}
        if donnees.get("issue") == EtatEntretien.TENU and not donnees.get("resume"):
            self.add_error("resume", "Écrivez en une phrase au moins ce qui s’est dit ou décidé.")
        return donnees


def volet(contexte: Contexte) -> Volet:
    """Return the part: a meeting already said to be held keeps its outcome."""
    entretien = contexte.entretien
    tenu = entretien.etat == EtatEntretien.TENU
    initial = {
        "issue": EtatEntretien.TENU, "resume": entretien.resume, "prochaines_etapes": entretien.prochaines_etapes,
    }  # fmt: skip

    def creer(data: Any) -> CompteRenduForm:
        form = CompteRenduForm(data, prefix=CODE, initial=initial, use_required_attribute=False)
        if tenu:
            form.fields["issue"].choices = CHOIX[:1]  # type: ignore[attr-defined]
            del form.fields["motif"]
        return form

    def appliquer(form: CompteRenduForm) -> str:
        d, par = form.cleaned_data, contexte.utilisateur
        issue = EtatEntretien(d["issue"])
        if not tenu:
            dire_issue(entretien=entretien, issue=issue, par=par, motif=d.get("motif", ""))
        if issue == EtatEntretien.TENU:
            rendre_compte(entretien=entretien, resume=d["resume"], prochaines_etapes=d["prochaines_etapes"], par=par)
            return "compte rendu"
        return f"rendez-vous {issue.label.lower()}"

    return Volet(CODE, "L’entretien", creer, appliquer, gabarit="parcours/saisie/_compte_rendu.html", toujours=True)
