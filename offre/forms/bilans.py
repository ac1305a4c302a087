"""Forms of the operators' campaign and of their statements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from actions.forms.champs import ChampAnnee, ChampDate, ChampNombre
from actions.forms.lignes import Formulaire
from offre.models import BilanOperateur
from offre.regles.bilans import LigneBilan

TOUS = 100  # percent
TEXTES = {"realisations": 6, "difficultes": 4, "perspectives": 4}


class CampagneOperateursForm(forms.Form):
    """The year and the two limits."""

    annee = ChampAnnee(label="Année des bilans")
    limite_saisie = ChampDate(label="À rendre avant le")
    limite_validation = ChampDate(label="À valider avant le")


class BilanForm(Formulaire):
    """What an operator writes: three texts, then for each line its explanation, and its value when it is declared."""

    def __init__(self, *args: Any, lignes: Sequence[LigneBilan] = (), **kwargs: Any) -> None:
        """Add the fields of each line."""
        super().__init__(*args, **kwargs)
        self.objectifs = list(lignes)
        for ligne in self.objectifs:
            if ligne.declaree:
                self.fields[f"valeur_{ligne.cle}"] = ChampNombre(
                    label=f"Résultat ({ligne.unite})" if ligne.unite else "Résultat", required=False, chiffres=12,
                    decimales=2, positif=True,
                )  # fmt: skip
            self.fields[f"texte_{ligne.cle}"] = forms.CharField(
                label="Explication", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
            )
        for nom, rangs in TEXTES.items():
            libelle = str(BilanOperateur._meta.get_field(nom).verbose_name)  # type: ignore[union-attr]
            self.fields[nom] = forms.CharField(
                label=libelle[:1].upper() + libelle[1:], required=False, max_length=8000,
                widget=forms.Textarea(attrs={"rows": rangs}),
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Refuse a share of more than everybody, when the target is a share."""
        propres: dict[str, Any] = super().clean() or self.cleaned_data
        for ligne in self.objectifs:
            valeur = propres.get(f"valeur_{ligne.cle}")
            if valeur is not None and ligne.unite == "%" and ligne.cible <= TOUS < valeur:
                self.add_error(f"valeur_{ligne.cle}", "Attendu\u00a0: de 0 à 100\u00a0%.")
        return propres

    @property
    def lignes(self) -> list[dict[str, Any]]:
        """Return each line with its fields, for the page."""
        return [
            {
                "ligne": x, "texte": self[f"texte_{x.cle}"],
                "valeur": self[f"valeur_{x.cle}"] if x.declaree else None,
            }
            for x in self.objectifs
        ]  # fmt: skip

    def saisie(self) -> dict[str, Any]:
        """Return what was entered, for the operation."""
        propres = self.cleaned_data
        return {
            "textes": {nom: propres[nom] for nom in TEXTES},
            "explications": {
                x.cle: {"texte": propres[f"texte_{x.cle}"], "valeur": propres.get(f"valeur_{x.cle}")}
                for x in self.objectifs
            },
        }


class DecisionBilanForm(forms.Form):
    """Validate, or send back with a comment."""

    geste = forms.ChoiceField(
        label="Décision", choices=[("valider", "Valider le bilan"), ("renvoyer", "Renvoyer à l’opérateur")],
        widget=forms.RadioSelect,
    )  # fmt: skip
    commentaire = forms.CharField(
        label="Ce qui est à reprendre", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Nécessaire pour renvoyer. L’opérateur le lira.",
    )  # fmt: skip
