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
from parcours.regles.sorties import PALIERS
from pdi.socle.formats import taille_fichier


class ChampJour(forms.DateField):
    """A day, typed in the browser's own control; today unless said otherwise."""

    def __init__(self, **kwargs: Any) -> None:
        """Show the format the control expects."""
        kwargs.setdefault("initial", timezone.localdate)
        super().__init__(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **kwargs)


def _types() -> list[tuple[str, list[tuple[int, str]]]]:
    """Return the types of the référentiels in force, the latest first, grouped by family (and version if several)."""
    types = Prefetch("types", TypeSortie.objects.order_by("ordre", "id"))
    referentiels = ReferentielSortie.objects.order_by("-validite", "code").prefetch_related(types)
    lus = [r for r in referentiels if r.validite.lower is None or r.validite.lower <= timezone.localdate()]
    groupes: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for referentiel in lus:
        suite = f" (version {referentiel.version}, {referentiel.intitule})" if len(lus) > 1 else ""
        for type_ in referentiel.types.all():
            groupes[f"{type_.get_categorie_display()}{suite}"].append((type_.pk, type_.libelle))
    return list(groupes.items())


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
        self.fields["type"].choices = [("", "Choisir…"), *_types()]  # type: ignore[attr-defined]
        self.fields["fichier"].help_text = (
            f"Contrat de travail, attestation… {', '.join(settings.TYPES_PIECES_JOINTES)}, "
            f"{taille_fichier(settings.TAILLE_MAX_PIECE_JOINTE)} au plus."
        )

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
        motifs = Motif.objects.filter(nature=NatureMotif.FIN_ACCOMPAGNEMENT, validite__contains=timezone.localdate())
        self.fields["motif"].queryset = motifs  # type: ignore[attr-defined]

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
