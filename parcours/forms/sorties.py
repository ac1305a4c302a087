"""Forms of exits, follow-ups and levels. Rules are checked by the operations; here, shape and choices only."""

from __future__ import annotations

import datetime
from collections import defaultdict
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Prefetch
from django.utils import timezone

from parcours.models import (
    ContratTravail,
    Motif,
    NatureMotif,
    PalierInsertion,
    ReferentielSortie,
    ResultatPrescription,
    SituationSuivi,
    SuiviPostSortie,
    TypeSortie,
)
from parcours.operations.sorties import ABANDON, IssueAction, SaisieSortie
from parcours.regles.sorties import CONTRAT_DU_TYPE, PALIERS, TYPE_DU_MOTIF
from pdi.socle.formats import taille_fichier


class ChampJour(forms.DateField):
    """A day, typed in the browser's own control; today unless said otherwise."""

    def __init__(self, **kwargs: Any) -> None:
        """Show the format the control expects."""
        kwargs.setdefault("initial", timezone.localdate)
        super().__init__(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **kwargs)


def _types() -> tuple[list[tuple[str, list[tuple[int, str]]]], dict[str, int]]:
    """Return the types of the référentiels in force, the latest first, by family (and version if several).

    And the key of each code, in the latest that has it.
    """
    types = Prefetch("types", TypeSortie.objects.order_by("ordre", "id"))
    referentiels = ReferentielSortie.objects.order_by("-validite", "code").prefetch_related(types)
    lus = [r for r in referentiels if r.validite.lower is None or r.validite.lower <= timezone.localdate()]
    groupes: dict[str, list[tuple[int, str]]] = defaultdict(list)
    codes: dict[str, int] = {}
    for referentiel in lus:
        suite = f" (version {referentiel.version}, {referentiel.intitule})" if len(lus) > 1 else ""
        for type_ in referentiel.types.all():
            groupes[f"{type_.get_categorie_display()}{suite}"].append((type_.pk, type_.libelle))
            codes.setdefault(type_.code, type_.pk)
    return list(groupes.items()), codes


class SortieForm(forms.Form):
    """What every exit says."""

    type = forms.TypedChoiceField(label="Type de sortie", coerce=int)
    date = ChampJour(label="Date de la sortie")
    employeur = forms.CharField(label="Employeur ou organisme", max_length=150, required=False)
    contrat_travail = forms.ChoiceField(
        label="Contrat de travail", choices=[("", "Sans objet"), *ContratTravail.choices], required=False
    )
    commentaire = forms.CharField(
        label="Commentaire", max_length=250, required=False, help_text="Des faits, sans donnée de santé."
    )
    fichier = forms.FileField(label="Justificatif", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Read the types; say which files are accepted."""
        super().__init__(*args, **kwargs)
        types, self.codes = _types()
        self.fields["type"].choices = [("", "Choisir…"), *types]  # type: ignore[attr-defined]
        self.fields["fichier"].help_text = (
            f"Contrat de travail, attestation… {', '.join(settings.TYPES_PIECES_JOINTES)}, "
            f"{taille_fichier(settings.TAILLE_MAX_PIECE_JOINTE)} au plus."
        )

    def clean(self) -> dict[str, Any]:
        """Take the work contract from a type that admits one only."""
        propres = super().clean() or self.cleaned_data
        dit = next((c for c, cle in self.codes.items() if cle == propres.get("type")), "")
        if not propres.get("contrat_travail"):
            propres["contrat_travail"] = CONTRAT_DU_TYPE.get(dit, "")
        return propres

    @property
    def type_dit(self) -> str:
        """Return the type in words."""
        champ: Any = self.fields["type"]
        parties = [partie for _, partie in champ.choices if isinstance(partie, list)]
        return next((mots for partie in parties for cle, mots in partie if cle == self.cleaned_data.get("type")), "")

    def saisie(self) -> SaisieSortie:
        """Return what was entered. One query."""
        donnees = self.cleaned_data
        return SaisieSortie(
            type=TypeSortie.objects.select_related("referentiel").get(pk=donnees["type"]), date=donnees["date"],
            employeur=donnees["employeur"], contrat_travail=donnees["contrat_travail"],
            commentaire=donnees["commentaire"],
        )  # fmt: skip


class ActionForm(SortieForm):
    """The exit of an action; one still running ends with it, so its result and review are asked too."""

    resultat = forms.ChoiceField(
        label="L’action se termine", choices=[*ResultatPrescription.choices, (ABANDON, "Abandon par la personne")],
        widget=forms.RadioSelect,
    )  # fmt: skip
    bilan = forms.CharField(
        label="Bilan final, ou raison de l’abandon", max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )

    field_order = ("resultat", "bilan", "type", "date")

    def __init__(self, *args: Any, en_cours: bool, **kwargs: Any) -> None:
        """Ask nothing of the action once it is over."""
        super().__init__(*args, **kwargs)
        if not en_cours:
            del self.fields["resultat"], self.fields["bilan"]

    def issue(self) -> IssueAction:
        """Return how the action ends."""
        return IssueAction(self.cleaned_data.get("resultat", ""), self.cleaned_data.get("bilan", ""))


class FinForm(SortieForm):
    """The end of an accompaniment: a motive, then the confirmation of what is closed with it."""

    motif = forms.ModelChoiceField(label="Motif de fin", queryset=Motif.objects.none(), empty_label="Choisir…")
    confirmee = forms.CharField(required=False, widget=forms.HiddenInput)

    field_order = ("motif", "type", "date", "employeur", "contrat_travail", "commentaire", "fichier", "confirmee")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the motives in force."""
        super().__init__(*args, **kwargs)
        self.fields["date"].label = "Dernier jour d’accompagnement"
        type_: Any = self.fields["type"]
        type_.required, type_.empty_value, type_.toujours_dit = False, None, True
        type_.help_text = "Laissez vide si le motif le dit déjà : déménagement, retraite, formation…"
        motifs = Motif.objects.filter(nature=NatureMotif.FIN_ACCOMPAGNEMENT, validite__contains=timezone.localdate())
        self.fields["motif"].queryset = motifs  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Take the type from a motive that says it, else ask for it."""
        propres = self.cleaned_data
        if not propres.get("type") and "type" not in self.errors and (motif := propres.get("motif")):
            propres["type"] = self.codes.get(TYPE_DU_MOTIF.get(motif.code, ""))
            if propres["type"] is None:
                self.add_error("type", f"Dites le type de sortie : «\u00a0{motif}\u00a0» en admet plusieurs.")
        return super().clean()

    @property
    def jour(self) -> datetime.date | None:
        """Return the day entered, None when it cannot be read."""
        return self.cleaned_data.get("date")


class MotifForm(forms.Form):
    """Why an exit is undone."""

    motif = forms.CharField(
        label="Pourquoi annuler", max_length=250, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Par exemple : saisie sur la mauvaise personne. Sans nom : le journal garde ce texte.",
    )  # fmt: skip


class PieceForm(forms.Form):
    """One more evidence file."""

    fichier = forms.FileField(label="Ajouter un justificatif")


class SuiviForm(forms.Form):
    """What became of the person."""

    situation = forms.ChoiceField(label="Situation", choices=SituationSuivi.choices, widget=forms.RadioSelect)
    recueilli_le = ChampJour(label="Recueillie le")
    commentaire = forms.CharField(
        label="Commentaire", max_length=250, required=False, help_text="Des faits, sans donnée de santé."
    )

    @classmethod
    def de(cls, suivi: SuiviPostSortie) -> SuiviForm:
        """Return the form of a follow-up, entered already or not."""
        connu = {"situation": suivi.situation, "commentaire": suivi.commentaire}
        return cls(initial={**connu, "recueilli_le": suivi.recueilli_le or timezone.localdate()})


class PalierForm(forms.Form):
    """The levels before and after an action."""

    avant = forms.TypedChoiceField(label="Palier à l’entrée", coerce=int, choices=PALIERS)
    apres = forms.TypedChoiceField(
        label="Palier à la sortie", coerce=int, choices=[("", "Pas encore connu"), *PALIERS], required=False,
        empty_value=None,
    )  # fmt: skip

    @classmethod
    def de(cls, palier: PalierInsertion | None) -> PalierForm:
        """Return the form of an action's levels."""
        return cls(initial={"avant": palier.avant, "apres": palier.apres} if palier else None)
