"""Forms of participation: proposals and their outcome, trainings of members, the meeting of a dialogue."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.utils import timezone

from actions.forms.champs import ChampDate, ChampNombre
from actions.forms.lignes import Formulaire
from actions.models import FicheAction
from gouvernance.droits_instances import nom_du_membre
from gouvernance.models import Decision, FormationMembres, Instance, Membre, Proposition, ThemeFormation

DECISIONS = 60


def _fiches(utilisateur: Any) -> Any:
    visibles = FicheAction.objects.visibles_par(utilisateur).filter(programme__reference=False)
    return visibles.order_by("programme", "ordre")


class PropositionForm(Formulaire):
    """What is proposed, and when."""

    titre = forms.CharField(
        label="Proposition", max_length=200, help_text="Une phrase : ce que le groupe demande, dans ses mots."
    )
    texte = forms.CharField(
        label="Explication", required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Pourquoi, pour qui, ce que cela changerait. N’écrivez rien sur la situation d’une personne.",
    )  # fmt: skip
    deposee_le = ChampDate(label="Déposée le")
    fiche = forms.ModelChoiceField(
        label="Fiche-action concernée", queryset=FicheAction.objects.none(), required=False, empty_label="Aucune encore"
    )
    version = forms.IntegerField(widget=forms.HiddenInput, initial=1)

    def __init__(self, *args: Any, utilisateur: Any, proposition: Proposition | None = None, **kwargs: Any) -> None:
        """Show the proposal as it is; a new one is of today."""
        initial: dict[str, Any] = {"deposee_le": timezone.localdate()}
        if proposition is not None:
            initial = {n: getattr(proposition, n) for n in ("titre", "texte", "deposee_le", "fiche", "version")}
        kwargs.setdefault("initial", initial)
        super().__init__(*args, **kwargs)
        self.fields["fiche"].queryset = _fiches(utilisateur)  # type: ignore[attr-defined]
        if proposition is not None:
            del self.fields["deposee_le"]

    @property
    def valeurs(self) -> dict[str, Any]:
        """Return the fields of the proposal."""
        return {n: v for n, v in self.cleaned_data.items() if n != "version"}


class SuitePropositionForm(Formulaire):
    """What becomes of a proposal: in words for the group, and what takes it."""

    decision = forms.ModelChoiceField(
        label="Décision qui la reprend", queryset=Decision.objects.none(), required=False, empty_label="Aucune"
    )
    fiche = forms.ModelChoiceField(
        label="Fiche-action qui la reprend", queryset=FicheAction.objects.none(), required=False, empty_label="Aucune"
    )
    commentaire = forms.CharField(
        label="Ce que le groupe lira", widget=forms.Textarea(attrs={"rows": 4}), max_length=2000
    )

    def __init__(self, *args: Any, verbe: str, utilisateur: Any, proposition: Proposition, **kwargs: Any) -> None:
        """Ask for what the change needs."""
        kwargs.setdefault("initial", {"decision": proposition.decision, "fiche": proposition.fiche})
        super().__init__(*args, **kwargs)
        champs: dict[str, Any] = dict(self.fields)
        visibles = Decision.objects.visibles_par(utilisateur).select_related("seance__instance")
        recentes = visibles.filter(seance__debut__date__gte=proposition.deposee_le).order_by("-seance__debut", "numero")
        cles = [*recentes.values_list("pk", flat=True)[:DECISIONS], *filter(None, [proposition.decision_id])]
        champs["decision"].queryset = Decision.objects.filter(pk__in=cles).select_related("seance__instance")
        champs["decision"].label_from_instance = dire_decision
        champs["fiche"].queryset = _fiches(utilisateur)
        if verbe != "retenir_proposition":
            del self.fields["decision"], self.fields["fiche"]
        if verbe == "ecarter_proposition":
            champs["commentaire"].label = "Pourquoi elle est écartée"
            champs["commentaire"].help_text = "Le groupe lira ces mots : dites la raison, et ce qui reste possible."
        elif verbe == "realiser_proposition":
            champs["commentaire"].label = "Ce qui a été fait"
        elif verbe == "reexaminer_proposition":
            champs["commentaire"].label = "Pourquoi elle est réexaminée"
        else:
            champs["commentaire"].required = False


def dire_decision(decision: Decision) -> str:
    """Return « D2, Comité technique, 05/02/2026 : les premiers mots »."""
    mots = decision.texte if len(decision.texte) <= 80 else f"{decision.texte[:79]}…"
    return f"{decision}, {decision.seance.instance.nom}, {timezone.localtime(decision.seance.debut):%d/%m/%Y} : {mots}"


class FormationForm(Formulaire):
    """A training given to members of a body."""

    intitule = forms.CharField(label="Intitulé", max_length=200)
    theme = forms.ChoiceField(label="Thème", choices=ThemeFormation.choices)
    jour = ChampDate(label="Jour")
    heures = ChampNombre(label="Durée, en heures", chiffres=5, decimales=1, positif=True, required=False)
    organisme = forms.CharField(label="Formateur", max_length=150, required=False)
    participants = forms.ModelMultipleChoiceField(
        label="Membres formés", queryset=Membre.objects.none(), required=False, widget=forms.CheckboxSelectMultiple,
        help_text="En fonction le jour de la formation.",
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, initial=1)

    def __init__(
        self, *args: Any, instance: Instance, formation: FormationMembres | None = None, **kwargs: Any
    ) -> None:
        """Show the training as it is; offer the members of the body, those of the last years included."""
        noms = ("intitule", "theme", "jour", "heures", "organisme", "version")
        initial: dict[str, Any] = {"jour": timezone.localdate()}
        if formation is not None:
            initial = {n: getattr(formation, n) for n in noms} | {"participants": formation.participants.all()}
        kwargs.setdefault("initial", initial)
        super().__init__(*args, **kwargs)
        recents = timezone.localdate() - datetime.timedelta(days=3 * 366)
        membres = instance.membres.exclude(mandat__endswith__lt=recents).select_related("compte", "structure")
        champ: Any = self.fields["participants"]
        champ.queryset = membres
        champ.label_from_instance = lambda m: nom_du_membre(m, tenue=True)

    @property
    def valeurs(self) -> dict[str, Any]:
        """Return the fields of the training."""
        return {n: v for n, v in self.cleaned_data.items() if n != "version"}


class AnneeForm(Formulaire):
    """Which year the dialogues are created for."""

    annee = forms.TypedChoiceField(label="Année", coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer last year, this one and the next."""
        super().__init__(*args, **kwargs)
        cette = timezone.localdate().year
        self.fields["annee"].choices = [(a, str(a)) for a in (cette + 1, cette, cette - 1)]  # type: ignore[attr-defined]
        self.initial.setdefault("annee", cette)
