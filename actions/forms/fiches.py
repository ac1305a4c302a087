"""Forms of a fiche, section by section, in the words of its layout."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from actions.models import CadreAction, Periodicite, Priorite, TypeRole

from .champs import ChampAnnee, ChampDate, ChampEntier, ChampListe, ChampMontant, ChampNombre, ChampStructure
from .lignes import Formulaire, Ligne

Choix = Sequence[tuple[Any, str]]


class IdentiteForm(Formulaire):
    """Number, title, place in the tree."""

    numero = forms.CharField(label="Numéro", max_length=20, help_text="Tel qu’imprimé : « 2.1 », « 3-13 », « IV ».")
    intitule = forms.CharField(label="Intitulé", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    axe = forms.TypedChoiceField(label="Place dans l’arbre", required=False, coerce=int, empty_value=None)
    priorite = forms.TypedChoiceField(
        label="Priorité", choices=Priorite.choices, coerce=int, initial=Priorite.NORMALE.value
    )
    restreinte = forms.BooleanField(
        label="Réservée à ses acteurs",
        required=False,
        help_text="Seuls les pilotes et les partenaires de la fiche, et les chargés de programme, la voient.",
    )

    def __init__(self, *args: Any, axes: Choix = (), **kwargs: Any) -> None:
        """Offer the nodes of the programme's tree."""
        super().__init__(*args, **kwargs)
        self.fields["axe"].choices = [("", "Hors de l’arbre"), *axes]  # type: ignore[attr-defined]


class VersionForm(Formulaire):
    """What a version comes from."""

    origine = forms.CharField(
        label="D’où vient ce texte", max_length=250,
        help_text="Par exemple : « Fiche écrite après l’adoption » ou « Correction d’une erreur d’impression ».",
    )  # fmt: skip
    effet = ChampDate(label="En vigueur depuis le")


class ContexteForm(Formulaire):
    """What motivates the action."""

    contexte = forms.CharField(label="Constat", required=False, widget=forms.Textarea(attrs={"rows": 10}))


class ListeForm(Formulaire):
    """A section that is a list of sentences; the field takes the name of the fiche's own."""

    def __init__(self, *args: Any, nom: str, libelle: str, aide: str = "", **kwargs: Any) -> None:
        """Add the field."""
        super().__init__(*args, **kwargs)
        self.fields[nom] = ChampListe(
            label=libelle, required=False, lignes=8, help_text=f"{aide} Un élément par ligne.".strip()
        )


class CalendrierForm(Formulaire):
    """Dates."""

    debut = ChampDate(label="Début", required=False)
    fin = ChampDate(label="Fin", required=False)
    permanente = forms.BooleanField(label="Action permanente, sans date de fin", required=False)
    calendrier_texte = forms.CharField(
        label="Calendrier en toutes lettres", required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean(self) -> dict[str, Any]:
        """Check what goes together."""
        donnees: dict[str, Any] = super().clean() or self.cleaned_data
        debut, fin = donnees.get("debut"), donnees.get("fin")
        if debut and fin and fin < debut:
            self.add_error("fin", "La date de fin précède la date de début.")
        if donnees.get("permanente") and fin:
            self.add_error("fin", "Une action permanente n’a pas de date de fin : videz-la, ou décochez la case.")
        return donnees


class PeriodiciteForm(Formulaire):
    """How often the action is evaluated."""

    periodicite_evaluation = forms.ChoiceField(
        label="Périodicité de l’évaluation", required=False, choices=[("", "Non précisée"), *Periodicite.choices]
    )
    periodicite_texte = forms.CharField(label="Telle qu’imprimée", required=False, max_length=250)


class CadresForm(Formulaire):
    """Frameworks the action belongs to."""

    cadres = forms.ModelMultipleChoiceField(
        label="Cadres",
        required=False,
        queryset=CadreAction.objects.all(),
        widget=forms.CheckboxSelectMultiple,
    )


class CoutForm(Formulaire):
    """The printed total of the funding plan."""

    cout_total = ChampMontant(
        label="Coût total prévu, en euros",
        required=False,
        help_text="Celui qu’imprime le document. S’il diffère de la somme des financeurs, l’écart est montré, pas "
        "corrigé.",
    )
    cout_commentaire = forms.CharField(label="Précision sur le coût", required=False, max_length=250)


class LigneObjectif(Ligne):
    """An objective; its number is its rank."""

    significatifs = ("intitule",)
    intitule = forms.CharField(label="Intitulé", widget=forms.Textarea(attrs={"rows": 2}))


class LigneEtape(Ligne):
    """A step."""

    significatifs = ("intitule", "details", "debut", "echeance")
    intitule = forms.CharField(label="Intitulé", widget=forms.Textarea(attrs={"rows": 2}))
    objectif = ChampEntier(
        label="Objectif n°",
        required=False,
        minimum=1,
        maximum=99,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "nb", "size": 3}),
    )
    debut = ChampDate(label="Début", required=False)
    echeance = ChampDate(label="Échéance", required=False)
    details = ChampListe(label="Détails", required=False, lignes=2, help_text="")

    def clean(self) -> dict[str, Any]:
        """Check the order of dates."""
        donnees: dict[str, Any] = super().clean() or self.cleaned_data
        debut, echeance = donnees.get("debut"), donnees.get("echeance")
        if debut and echeance and echeance < debut:
            self.add_error("echeance", "L’échéance de l’étape précède son début.")
        return donnees


class LigneRole(Ligne):
    """An actor of the fiche."""

    significatifs = ("structure", "libelle", "precision")
    type = forms.ChoiceField(label="Rôle")
    structure = ChampStructure(label="Structure")
    utilisateur = forms.TypedChoiceField(label="Compte", required=False, coerce=int, empty_value=None)
    libelle = forms.CharField(label="Tel qu’imprimé", max_length=250, required=False)
    precision = forms.CharField(label="Précision", max_length=200, required=False)

    def __init__(
        self, *args: Any, types: Iterable[TypeRole] = tuple(TypeRole), comptes: Choix = (), **kwargs: Any
    ) -> None:
        """Offer the roles of the section; without accounts to offer, the field goes. One role: it is not asked."""
        super().__init__(*args, **kwargs)
        roles = [(t.value, t.label) for t in types]
        self.fields["type"].choices = roles  # type: ignore[attr-defined]
        if len(roles) == 1:
            self.fields["type"].widget = forms.HiddenInput()
            self.fields["type"].initial = roles[0][0]
        if comptes:
            self.fields["utilisateur"].choices = [("", "La structure entière"), *comptes]  # type: ignore[attr-defined]
        else:
            del self.fields["utilisateur"]


class LigneFinancement(Ligne):
    """A funder, for a year or for the whole action."""

    significatifs = ("financeur", "prevu", "realise", "libelle", "commentaire")
    financeur = ChampStructure(label="Nom du financeur")
    annee = ChampAnnee(label="Année", required=False)
    prevu = ChampMontant(label="Prévu, en euros", required=False)
    realise = ChampMontant(label="Réalisé, en euros", required=False)
    libelle = forms.CharField(label="Tel qu’imprimé", max_length=200, required=False)
    commentaire = forms.CharField(label="Commentaire", max_length=250, required=False)


class LigneResultat(Ligne):
    """An expected result."""

    significatifs = ("libelle", "valeur", "unite")
    libelle = forms.CharField(label="Résultat attendu", widget=forms.Textarea(attrs={"rows": 2}))
    valeur = ChampNombre(label="Valeur", required=False)
    unite = forms.CharField(label="Unité", max_length=40, required=False)


class LigneLien(Ligne):
    """A link to another fiche."""

    significatifs = ("cible",)
    cible = forms.TypedChoiceField(label="Fiche", coerce=int, empty_value=None)
    commentaire = forms.CharField(label="Pourquoi", max_length=250, required=False)
    imprime = forms.BooleanField(label="Imprimé dans le document", required=False)

    def __init__(self, *args: Any, fiches: Choix = (), **kwargs: Any) -> None:
        """Offer the other fiches of the programme."""
        super().__init__(*args, **kwargs)
        self.fields["cible"].choices = [("", "Choisir une fiche"), *fiches]  # type: ignore[attr-defined]
