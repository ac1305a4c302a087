"""Forms of campaigns and bilans. Limits of the rules are checked by the operations; here, shape only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from django import forms
from django.http import QueryDict

from actions.chiffres import ChiffreAffiche
from actions.models import Bilan, CauseEcart
from actions.operations.bilans import SaisieBilan, SaisieExplication
from actions.regles.bilans import MOTS_AU_PLUS, DatesCampagne, Manque, champ_explication
from pdi.socle.droits import RegleMetier
from pdi.socle.formats import ecart, typographier, valeur_unite

TAILLE_TEXTE = 20_000
LIBELLES_DATES = {
    "ouverture": ("Ouverture", "Les pilotes peuvent écrire à partir de ce jour."),
    "soumission_avant": ("Bilans à rendre avant le", "Dernier jour compris."),
    "relecture_avant": ("Relecture avant le", "Comité technique : renvoyer ou valider."),
    "assemblee_avant": ("Assemblée avant le", "Au plus tard le 31 mars (CASF, art. L. 263-1)."),
}


def texte_libre(libelle: str, *, rangs: int, aide: str = "", requis: bool = False) -> forms.CharField:
    """Return a long text field; the browser never blocks it, the rules speak at submission."""
    champ = forms.CharField(
        label=libelle,
        help_text=aide,
        required=requis,
        max_length=TAILLE_TEXTE,
        strip=True,
        widget=forms.Textarea(attrs={"rows": rangs}),
    )
    champ.widget.attrs.pop("maxlength", None)
    return champ


class CampagneForm(forms.Form):
    """The year and the dates of a campaign. Without `annees` the year is not asked again."""

    annee = forms.TypedChoiceField(label="Exercice", coerce=int, help_text="L’année dont on fait le bilan.")
    ouverture = forms.DateField()
    soumission_avant = forms.DateField()
    relecture_avant = forms.DateField()
    assemblee_avant = forms.DateField()

    def __init__(self, *args: Any, annees: Iterable[int] | None = None, **kwargs: Any) -> None:
        """Word the date fields, in the format that the browser's own control expects."""
        super().__init__(*args, **kwargs)
        if annees is None:
            del self.fields["annee"]
        else:
            self.fields["annee"] = forms.TypedChoiceField(
                label="Exercice",
                coerce=int,
                choices=[(a, str(a)) for a in annees],
                help_text="L’année dont on fait le bilan.",
            )
        for nom, (libelle, aide) in LIBELLES_DATES.items():
            champ = self.fields[nom]
            champ.label, champ.help_text = libelle, aide
            champ.widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})

    def dates(self) -> DatesCampagne:
        """Return the four dates."""
        return DatesCampagne(**{nom: self.cleaned_data[nom] for nom in LIBELLES_DATES})

    @staticmethod
    def initiales(dates: DatesCampagne) -> dict[str, Any]:
        """Return the initial values for `dates`."""
        return asdict(dates)


class CommentaireForm(forms.Form):
    """A comment asked with a decision."""

    commentaire = forms.CharField(
        label="Commentaire", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, libelle: str = "", aide: str = "", **kwargs: Any) -> None:
        """Word the question."""
        super().__init__(*args, **kwargs)
        self.fields["commentaire"].label = libelle or "Commentaire"
        self.fields["commentaire"].help_text = aide


def ajouter_erreur(form: forms.Form, erreur: RegleMetier) -> None:
    """Put a refused rule beside its field, or at the head of the form."""
    form.add_error(erreur.champ if erreur.champ in form.fields else None, erreur.message)


def libelle_ecart(chiffre: ChiffreAffiche) -> str:
    """Return « Taux d’orientation : 86 % pour une cible de 90 % »."""
    unite = chiffre.indicateur.unite
    return typographier(
        f"{chiffre.indicateur.libelle} : {valeur_unite(chiffre.valeur, unite)} "
        f"pour une cible de {valeur_unite(chiffre.cible, unite)}"
    )


class BilanForm(forms.Form):
    """The bilan of a fiche: its texts, and one explanation with its causes per missed target."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    evolution_proposee = forms.ChoiceField(
        label="La fiche doit-elle évoluer ?",
        choices=[("non", "Non, la fiche reste comme elle est"), ("oui", "Oui, je propose un changement")],
        widget=forms.RadioSelect,
        required=False,
    )

    def __init__(self, *args: Any, ecarts: Sequence[ChiffreAffiche], **kwargs: Any) -> None:
        """Declare the fields: those of the year, then two per indicator off target."""
        super().__init__(*args, **kwargs)
        self.ecarts = list(ecarts)
        self.fields["realisations"] = texte_libre(
            "Ce qui a été fait",
            rangs=9,
            aide="Les actions menées, ce qu’elles ont changé pour les personnes, ce qui n’a pas pu l’être. Une page au "
            "plus : ce texte est lu par les élus.",
        )
        self.fields["perspectives"] = texte_libre("Ce qui est prévu, avec qui et pour quand", rangs=5)
        self.fields["changement_propose"] = texte_libre(
            "Changement proposé", rangs=2, aide="Il prend effet seulement après la délibération de l’Assemblée."
        )
        for chiffre in self.ecarts:
            pk = chiffre.indicateur.pk
            self.fields[champ_explication(pk)] = texte_libre(
                libelle_ecart(chiffre), rangs=3, aide=f"Écart de {ecart(chiffre.ecart, chiffre.indicateur.unite)}."
            )
            self.fields[f"causes-{pk}"] = forms.MultipleChoiceField(
                label="Causes principales",
                choices=CauseEcart.choices,
                required=False,
                widget=forms.CheckboxSelectMultiple,
                help_text="Elles servent au tri des fiches pour le comité de pilotage.",
            )

    @classmethod
    def ouvrir(cls, bilan: Bilan, ecarts: Sequence[ChiffreAffiche], saisie: SaisieBilan) -> BilanForm:
        """Return the form filled with what is stored."""
        initiales: dict[str, Any] = {
            "version": bilan.version,
            "realisations": saisie.realisations,
            "perspectives": saisie.perspectives,
            "evolution_proposee": "oui" if saisie.evolution_proposee else "non",
            "changement_propose": saisie.changement_propose,
        }
        for chiffre in ecarts:
            explication = saisie.explications.get(chiffre.indicateur.pk, SaisieExplication())
            initiales[champ_explication(chiffre.indicateur.pk)] = explication.texte
            initiales[f"causes-{chiffre.indicateur.pk}"] = list(explication.causes)
        return cls(initial=initiales, ecarts=ecarts)

    def saisie(self) -> SaisieBilan:
        """Return what was entered, for the operation."""
        propres = self.cleaned_data
        return SaisieBilan(
            realisations=propres["realisations"],
            perspectives=propres["perspectives"],
            evolution_proposee=propres["evolution_proposee"] == "oui",
            changement_propose=propres["changement_propose"],
            explications={
                c.indicateur.pk: SaisieExplication(
                    propres[champ_explication(c.indicateur.pk)], tuple(propres[f"causes-{c.indicateur.pk}"])
                )
                for c in self.ecarts
            },
        )

    def signaler(self, manques: Iterable[Manque]) -> None:
        """Put each missing thing beside its field."""
        for manque in manques:
            self.add_error(manque.champ if manque.champ in self.fields else None, manque.message)

    def avec_version(self, version: int) -> None:
        """Make the next save of this form judge `version`, once its author saw the differences."""
        donnees = QueryDict(mutable=True)
        donnees.update(self.data)
        donnees["version"] = str(version)
        self.data = donnees

    @property
    def mots_au_plus(self) -> int:
        """Return the ceiling of words of the main text."""
        return MOTS_AU_PLUS

    @property
    def lignes_ecarts(self) -> list[tuple[ChiffreAffiche, Any, Any, str]]:
        """Return (figure, explanation field, causes field, causes ticked) for the page."""
        lignes = []
        for chiffre in self.ecarts:
            causes = self[f"causes-{chiffre.indicateur.pk}"]
            cochees = ", ".join(c.label for c in CauseEcart if c in (causes.value() or []))
            lignes.append((chiffre, self[champ_explication(chiffre.indicateur.pk)], causes, cochees))
        return lignes
