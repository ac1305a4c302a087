"""Forms of the programme, its tree, its signatories, the layouts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from actions.models import Axe, EtatProgramme, GabaritFiche, NatureProgramme, Programme, RubriqueFiche

from .champs import ChampAnnee, ChampDate, ChampStructure
from .lignes import Formulaire, Ligne

NIVEAUX = (1, 2, 3)


class ProgrammeForm(Formulaire):
    """Identity of a programme and the names of the levels of its tree."""

    intitule = forms.CharField(label="Intitulé", max_length=250)
    intitule_court = forms.CharField(
        label="Intitulé court",
        max_length=80,
        help_text="Celui des menus et des listes, sans les années : « Pacte Solidarité Essonne ».",
    )
    nature = forms.ChoiceField(label="Nature", choices=NatureProgramme.choices)
    annee_debut = ChampAnnee(label="Première année")
    annee_fin = ChampAnnee(label="Dernière année")
    etat = forms.ChoiceField(label="État", choices=EtatProgramme.choices)
    date_adoption = ChampDate(label="Date d’adoption", required=False, help_text="Celle du vote de l’Assemblée.")
    reference_deliberation = forms.CharField(label="N° de délibération", max_length=60, required=False)
    gabarit = forms.ModelChoiceField(
        label="Gabarit des fiches",
        queryset=GabaritFiche.objects.all(),
        help_text="Il dit quelles sections ont les fiches, et comment elles s’appellent.",
    )
    niveau_1_singulier = forms.CharField(label="Premier niveau, au singulier", max_length=40, required=False)
    niveau_1_pluriel = forms.CharField(label="au pluriel", max_length=40, required=False)
    niveau_2_singulier = forms.CharField(label="Deuxième niveau, au singulier", max_length=40, required=False)
    niveau_2_pluriel = forms.CharField(label="au pluriel", max_length=40, required=False)
    niveau_3_singulier = forms.CharField(label="Troisième niveau, au singulier", max_length=40, required=False)
    niveau_3_pluriel = forms.CharField(label="au pluriel", max_length=40, required=False)

    IDENTITE = (
        "intitule", "intitule_court", "nature", "annee_debut", "annee_fin", "etat", "date_adoption",
        "reference_deliberation", "gabarit",
    )  # fmt: skip

    @staticmethod
    def depuis(programme: Programme) -> dict[str, Any]:
        """Return the initial values for `programme`."""
        valeurs = {nom: getattr(programme, nom) for nom in ProgrammeForm.IDENTITE}
        for niveau in programme.niveaux.all():
            valeurs |= {
                f"niveau_{niveau.rang}_singulier": niveau.singulier,
                f"niveau_{niveau.rang}_pluriel": niveau.pluriel,
            }
        return valeurs

    @property
    def niveaux(self) -> list[tuple[str, str]]:
        """Return the (singular, plural) names given, from the top."""
        paires = (
            (self.cleaned_data[f"niveau_{n}_singulier"], self.cleaned_data[f"niveau_{n}_pluriel"]) for n in NIVEAUX
        )
        return [(s.lower(), p.lower()) for s, p in paires if s]

    def clean(self) -> dict[str, Any]:
        """Check the order of years and that levels are named from the top, in both numbers."""
        donnees: dict[str, Any] = super().clean() or self.cleaned_data
        debut, fin = donnees.get("annee_debut"), donnees.get("annee_fin")
        if debut and fin and fin < debut:
            self.add_error("annee_fin", "La dernière année précède la première.")
        manque = False
        for n in NIVEAUX:
            singulier, pluriel = donnees.get(f"niveau_{n}_singulier"), donnees.get(f"niveau_{n}_pluriel")
            if singulier and manque:
                self.add_error(f"niveau_{n}_singulier", "Nommez d’abord le niveau au-dessus.")
            if singulier and not pluriel:
                donnees[f"niveau_{n}_pluriel"] = singulier if singulier[-1] in "sxz" else f"{singulier}s"
            if pluriel and not singulier:
                self.add_error(f"niveau_{n}_singulier", "Donnez aussi le singulier.")
            manque = manque or not singulier
        return donnees


class AxeForm(Formulaire):
    """A node of the tree."""

    numero = forms.CharField(
        label="Numéro", max_length=20, required=False, help_text="Tel qu’imprimé : « 1 », « II », « 2.3 »."
    )
    intitule = forms.CharField(label="Intitulé", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    parent = forms.TypedChoiceField(label="Placé sous", required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, parents: Iterable[tuple[int, str]] = (), racine: str = "", **kwargs: Any) -> None:
        """Offer the possible parents; `racine` names the first level."""
        super().__init__(*args, **kwargs)
        self.fields["parent"].choices = [("", racine or "Premier niveau"), *parents]  # type: ignore[attr-defined]


class SignataireLigne(Ligne):
    """One signatory."""

    significatifs = ("structure", "libelle", "qualite")
    structure = ChampStructure(label="Structure")
    qualite = forms.CharField(
        label="Qualité", max_length=120, required=False, help_text="« Le président », « La directrice régionale »."
    )
    libelle = forms.CharField(label="Tel qu’imprimé", max_length=250, required=False)
    signe_le = ChampDate(label="Signé le", required=False)


class GabaritForm(Formulaire):
    """Name of a layout."""

    nom = forms.CharField(label="Nom", max_length=120)
    description = forms.CharField(label="Description", required=False, widget=forms.Textarea(attrs={"rows": 2}))


class SectionLigne(Ligne):
    """One section a fiche may have."""

    significatifs = ("rubrique",)
    rubrique = forms.ChoiceField(choices=RubriqueFiche.choices, widget=forms.HiddenInput)
    utilisee = forms.BooleanField(label="Utilisée", required=False)
    obligatoire = forms.BooleanField(label="Attendue pour que la fiche soit complète", required=False)
    libelle = forms.CharField(label="Intitulé", max_length=120, required=False)
    aide = forms.CharField(label="Aide à la saisie", max_length=250, required=False)

    @property
    def rubrique_nom(self) -> str:
        """Return the default name of the section, shown as the title of the row."""
        valeur = self["rubrique"].value()
        return str(RubriqueFiche(valeur).label) if valeur in RubriqueFiche.values else ""


class CadreForm(Formulaire):
    """A framework."""

    libelle = forms.CharField(label="Nom du cadre", max_length=80, help_text="« SPIE », « Plan pauvreté », « FSE »…")
    description = forms.CharField(label="Précision", max_length=250, required=False)


def choix_d_axes(programme: Programme, sauf: Iterable[int] = (), plus_profond: int = 3) -> list[tuple[int, str]]:
    """Return the tree as choices, indented, without `sauf` and what is under them, in one query."""
    exclus = set(sauf)
    enfants: dict[int | None, list[Axe]] = {}
    for axe in programme.axes.order_by("ordre", "pk"):
        enfants.setdefault(axe.parent_id, []).append(axe)

    def lignes(parent: int | None, retrait: int) -> list[tuple[int, str]]:
        return [
            paire
            for axe in enfants.get(parent, [])
            if axe.pk not in exclus and axe.rang <= plus_profond
            for paire in ((axe.pk, f"{'– ' * retrait}{axe}"), *lignes(axe.pk, retrait + 1))
        ]

    return lignes(None, 0)
