"""Forms of indicators: definition, targets of a fiche, values of a year."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from django import forms

from actions import registre
from actions.models import (
    AgregationIndicateur,
    Indicateur,
    NatureIndicateur,
    Periodicite,
    SensIndicateur,
    SourceIndicateur,
)
from actions.regles.indicateurs import est_un_taux
from actions.regles.saisie import controler_valeur
from pdi.socle.droits import RegleMetier
from pdi.socle.formulaires import entier

from .champs import ChampAnnee, ChampEntier, ChampNombre
from .lignes import Formulaire, Ligne

LISTE_UNITES = "unites-connues"
UNITES = ("nombre", "%", "€", "heures", "jours", "mois", "minutes", "ratio", "réunions/an", "nombre/mois", "texte")
AUTRES_ECRITURES = {
    "pourcentage": "%", "pourcent": "%", "pour cent": "%", "taux": "%", "euro": "€", "euros": "€", "eur": "€",
    "nb": "nombre", "nombres": "nombre", "heure": "heures", "h": "heures", "jour": "jours", "j": "jours",
    "minute": "minutes", "appréciation": "texte", "appreciation": "texte", "qualitatif": "texte", "quotient": "ratio",
}  # fmt: skip


class IndicateurForm(Formulaire):
    """The definition of an indicator."""

    libelle = forms.CharField(label="Libellé", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    groupe = forms.CharField(
        label="Regroupement", max_length=200, required=False, help_text="Pour ranger ensemble plusieurs indicateurs."
    )
    nature = forms.ChoiceField(label="Nature, telle qu’imprimée", choices=NatureIndicateur.choices)
    unite = forms.CharField(
        label="Unité",
        max_length=30,
        initial="nombre",
        widget=forms.TextInput(attrs={"list": LISTE_UNITES, "autocomplete": "off"}),
        help_text="nombre, %, €, heures, mois… ; « texte » pour une appréciation en toutes lettres.",
    )
    sens = forms.ChoiceField(label="Sens", choices=SensIndicateur.choices)
    periodicite = forms.ChoiceField(
        label="Périodicité", choices=Periodicite.choices, initial=Periodicite.ANNUELLE.value
    )
    agregation = forms.ChoiceField(
        label="Valeur de l’année, quand il y en a plusieurs",
        required=False,
        choices=[("", "Selon l’unité : les nombres et montants s’additionnent"), *AgregationIndicateur.choices],
    )
    source = forms.ChoiceField(label="Source", choices=SourceIndicateur.choices)
    calcul = forms.ChoiceField(
        label="Calcul", required=False, help_text="Pour un indicateur calculé par l’application."
    )
    definition = forms.CharField(label="Définition", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    numerateur_libelle = forms.CharField(label="Au numérateur", max_length=250, required=False)
    denominateur_libelle = forms.CharField(label="Au dénominateur", max_length=250, required=False)
    producteur = forms.CharField(label="Producteur de la donnée", max_length=150, required=False)
    methode = forms.CharField(label="Méthode et limites", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    reference_valeur = ChampNombre(label="Valeur de référence", required=False)
    reference_annee = ChampAnnee(label="Année de référence", required=False)
    cible_imprimee = ChampNombre(
        label="Cible imprimée", required=False, help_text="Celle du document, quand elle ne dit pas l’année."
    )
    actif = forms.BooleanField(
        label="Suivi",
        required=False,
        initial=True,
        help_text="Décoché, l’indicateur n’est plus demandé ; son historique reste lisible.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the calculations of the registry."""
        super().__init__(*args, **kwargs)
        self.fields["calcul"].choices = [  # type: ignore[attr-defined]
            ("", "Aucun : les valeurs sont saisies"),
            *((d.code, f"{d.libelle} ({d.unite})") for d in registre.declarations()),
        ]

    def clean_unite(self) -> str:
        """Write a known unit in the usual way; ask about one that is a letter away from it."""
        unite = " ".join(self.cleaned_data["unite"].split())
        connues = {u.casefold(): u for u in UNITES} | AUTRES_ECRITURES
        if unite.casefold() in connues:
            return connues[unite.casefold()]
        for proche in get_close_matches(unite.casefold(), connues, n=1, cutoff=0.82):
            if abs(len(proche) - len(unite)) <= 1 and unite != self.initial.get("unite"):
                dit = f"« {unite} » n’est pas une unité connue. Vouliez-vous écrire « {connues[proche]} » ?"
                raise forms.ValidationError(dit)
        return unite

    def clean(self) -> dict[str, Any]:
        """Check what goes together: source and calculation, reference and its year."""
        donnees: dict[str, Any] = super().clean() or self.cleaned_data
        if donnees.get("source") == SourceIndicateur.CALCULE:
            if not donnees.get("calcul"):
                self.add_error("calcul", "Choisissez le calcul de cet indicateur.")
        elif donnees.get("calcul"):
            self.add_error("source", "Un indicateur qui a un calcul a pour source « Calculé ».")
        if (donnees.get("reference_valeur") is None) != (donnees.get("reference_annee") is None) and not (
            {"reference_valeur", "reference_annee"} & set(self.errors)
        ):
            manque = "reference_annee" if donnees.get("reference_annee") is None else "reference_valeur"
            self.add_error(manque, "La valeur de référence va avec son année.")
        return donnees


class LigneMesure(Ligne):
    """The value of one indicator for one period. Identified by `indicateur` and `periode`, not by a row."""

    significatifs = ("valeur", "texte", "numerateur", "denominateur", "commentaire", "source", "vue")
    case: Any = None  # what the screen shows beside the boxes
    indicateur = forms.IntegerField(widget=forms.HiddenInput)
    periode = forms.CharField(widget=forms.HiddenInput, max_length=20)
    vue = forms.IntegerField(required=False, widget=forms.HiddenInput)
    valeur = ChampNombre(label="Valeur", required=False, chiffres=18)
    texte = forms.CharField(label="Appréciation", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    numerateur = ChampNombre(label="Numérateur", required=False, chiffres=18)
    denominateur = ChampNombre(label="Dénominateur", required=False, chiffres=18)
    manquants = ChampEntier(label="Données manquantes", required=False)
    commentaire = forms.CharField(label="Commentaire", required=False, max_length=2000)
    source = forms.CharField(label="Source", required=False, max_length=200)

    def __init__(self, *args: Any, indicateurs: dict[int, Indicateur] | None = None, **kwargs: Any) -> None:
        """Know the indicators: a box that makes no sense in the unit is carried, not shown."""
        super().__init__(*args, **kwargs)
        self.indicateurs = indicateurs or {}
        identifiant = str(self["indicateur"].value() or "")
        self.objet = self.indicateurs.get(entier(identifiant) or 0)
        if self.objet is not None:
            for nom in self._inutiles(self.objet):
                self.fields[nom].widget = forms.HiddenInput()

    def _inutiles(self, indicateur: Indicateur) -> tuple[str, ...]:
        if not indicateur.chiffrable:
            return ("valeur", "numerateur", "denominateur", "manquants")
        avec_termes = est_un_taux(indicateur.unite) or indicateur.denominateur_libelle
        return ("texte",) if avec_termes else ("texte", "numerateur", "denominateur")

    def nommer(self, titre: str) -> None:
        """Give each box of a table the name that its column and its row make."""
        for nom in ("valeur", "texte", "numerateur", "denominateur", "manquants", "commentaire", "source"):
            champ = self.fields[nom]
            champ.widget.attrs["aria-label"] = f"{champ.label} : {titre}"

    @property
    def vide(self) -> bool:
        """Return whether the value is withdrawn: nothing is left in the row."""
        lues = ("valeur", "texte", "numerateur", "denominateur", "commentaire")
        return all(self.cleaned_data.get(nom) in (None, "") for nom in lues)

    def clean(self) -> dict[str, Any]:
        """Check the value: a rate agrees with its terms."""
        donnees: dict[str, Any] = super().clean() or self.cleaned_data
        indicateur = self.objet
        if self.errors or indicateur is None or self.vide:
            return donnees
        try:
            controler_valeur(
                unite=indicateur.unite,
                valeur=donnees["valeur"],
                texte=donnees["texte"],
                numerateur=donnees["numerateur"],
                denominateur=donnees["denominateur"],
                libelle=indicateur.libelle,
            )
        except RegleMetier as erreur:
            self.add_error(erreur.champ if erreur.champ in self.fields else None, erreur.message)
        return donnees


class CiblesForm(Formulaire):
    """One box per indicator and year. The names are `c<indicator>_<year>`."""

    def __init__(self, *args: Any, indicateurs: Iterable[Indicateur], annees: Iterable[int], **kwargs: Any) -> None:
        """Make the grid."""
        super().__init__(*args, **kwargs)
        for indicateur in indicateurs:
            for annee in annees:
                self.fields[f"c{indicateur.pk}_{annee}"] = ChampNombre(
                    label=f"{indicateur.libelle}, {annee}",
                    required=False,
                    widget=forms.TextInput(
                        attrs={
                            "inputmode": "decimal",
                            "class": "nb",
                            "size": 7,
                            "aria-label": f"{indicateur.libelle}, cible {annee}",
                        }
                    ),
                )

    @property
    def cibles(self) -> dict[tuple[int, int], Any]:
        """Return {(indicator id, year): value or None}."""
        resultat = {}
        for nom, valeur in self.cleaned_data.items():
            pk, _, annee = nom.removeprefix("c").partition("_")
            resultat[int(pk), int(annee)] = valeur
        return resultat
