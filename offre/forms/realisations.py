"""The form of a realisation: what every kind has, then the measures of its kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from actions.forms.champs import ChampDate, ChampNombre, ChampStructure
from actions.forms.lignes import Formulaire
from actions.models import FicheAction
from offre.models import Convention, OffreInsertion, TypeRealisation
from offre.operations.realisations import CHAMPS, SaisieRealisation
from offre.regles.realisations import ENTIERES, Mesure, fautes, lire_mesures
from pdi.structures.models import Structure
from pdi.territoires.models import TerritoireAction

PREFIXE = "mesure_"


class RealisationForm(Formulaire):
    """One realisation of the kind `genre`. `structures`: those the user may enter for; None: typed by name."""

    intitule = forms.CharField(label="Intitulé", max_length=200)
    structure: Any = ChampStructure(label="Structure")
    debut = ChampDate(label="Début")
    fin = ChampDate(label="Fin", required=False)
    territoire = forms.ModelChoiceField(
        label="Territoire", queryset=TerritoireAction.objects.none(), required=False, empty_label="Tout le département"
    )
    fiche = forms.ModelChoiceField(
        label="Fiche-action qui la compte", queryset=FicheAction.objects.none(), required=False, empty_label="Aucune"
    )
    offre = forms.ModelChoiceField(
        label="Offre du catalogue", queryset=OffreInsertion.objects.none(), required=False, empty_label="Aucune"
    )
    convention = forms.ModelChoiceField(
        label="Convention", queryset=Convention.objects.none(), required=False, empty_label="Aucune"
    )
    commentaire = forms.CharField(label="Commentaire", max_length=250, required=False)

    def __init__(
        self,
        *args: Any,
        genre: TypeRealisation,
        structures: Sequence[Structure] | None,
        **choix: Any,
    ) -> None:
        """Add a field a measure; narrow the choices to what the user sees."""
        querysets = {n: choix.pop(n) for n in ("territoire", "fiche", "offre", "convention")}
        super().__init__(*args, **choix)
        for nom, queryset in querysets.items():
            champ: Any = self.fields[nom]
            champ.queryset = queryset
        if structures is not None:
            self.fields["structure"] = forms.ModelChoiceField(
                label="Structure", queryset=Structure.objects.filter(pk__in=[s.pk for s in structures]),
                empty_label=None, initial=structures[0] if structures else None,
            )  # fmt: skip
        self.mesures = lire_mesures(genre.mesures)
        for mesure in self.mesures:
            self.fields[PREFIXE + mesure.code] = _champ(mesure)

    @property
    def champs_mesures(self) -> list[Any]:
        """Return the bound fields of the measures."""
        return [self[PREFIXE + m.code] for m in self.mesures]

    def clean(self) -> dict[str, Any]:
        """Judge the dates, and the measures by the kind."""
        propres: dict[str, Any] = super().clean() or self.cleaned_data
        debut, fin = propres.get("debut"), propres.get("fin")
        if debut and fin and fin < debut:
            self.add_error("fin", f"La réalisation finirait avant de commencer, le {debut:%d/%m/%Y}.")
        valeurs = {m.code: propres.get(PREFIXE + m.code) for m in self.mesures}
        for code, phrase in fautes(self.mesures, valeurs).items():
            if PREFIXE + code not in self.errors:
                self.add_error(PREFIXE + code, phrase)
        return propres

    def saisie(self) -> SaisieRealisation:
        """Return what was entered, for the operation."""
        propres = self.cleaned_data
        valeurs = {m.code: propres[PREFIXE + m.code] for m in self.mesures}
        return SaisieRealisation(**{nom: propres[nom] for nom in CHAMPS}, valeurs=valeurs)


def _champ(mesure: Mesure) -> forms.Field:
    libelle = f"{mesure.libelle} ({mesure.unite})" if mesure.unite and mesure.chiffree else mesure.libelle
    if not mesure.chiffree:
        return forms.ChoiceField(
            label=libelle, required=mesure.requise, choices=[("", "Choisir"), *((c, c) for c in mesure.choix)]
        )
    aide = f"De {mesure.min:f} à {mesure.max:f}." if mesure.min is not None and mesure.max is not None else ""
    decimales = 0 if mesure.nature in ENTIERES else 2
    return ChampNombre(
        label=libelle, required=mesure.requise, chiffres=12, decimales=decimales, positif=True, help_text=aide
    )
