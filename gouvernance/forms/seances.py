"""Forms of meetings, their agenda and their decisions."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.utils import timezone

from actions.forms.champs import ChampDate, ChampEntier, ChampStructure
from actions.forms.lignes import Formulaire
from actions.models import Campagne, FicheAction, Programme
from gouvernance.models import Decision, PointOrdreDuJour, RapportAnnuel, Seance, TypeDecision
from offre.models import OffreInsertion
from pdi.comptes.models import Utilisateur

MOIS_MAX = 36


class ChampHeure(forms.TimeField):
    """An hour: « 14:30 », « 14h30 », « 14 h »."""

    def __init__(self, **kwargs: Any) -> None:
        """Show the browser's clock."""
        kwargs.setdefault("widget", forms.TimeInput(format="%H:%M", attrs={"type": "time"}))
        kwargs.setdefault("input_formats", ["%H:%M", "%H:%M:%S", "%Hh%M", "%Hh"])
        kwargs.setdefault("error_messages", {"invalid": "Écrivez une heure, par exemple 14:30."})
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        """Accept spaces."""
        return super().to_python(value.replace(" ", "").replace("\u00a0", "") if isinstance(value, str) else value)


class _Quand(Formulaire):
    jour = ChampDate(label="Jour")
    heure = ChampHeure(label="Heure de début")

    def clean(self) -> dict[str, Any]:
        """Join day and hour, and refuse a year typed wrong."""
        donnees: dict[str, Any] = super().clean() or self.cleaned_data
        if "jour" in donnees and "heure" in donnees:
            limite = timezone.localdate() + datetime.timedelta(days=31 * MOIS_MAX)
            if donnees["jour"] > limite:
                self.add_error("jour", f"Cette date est à plus de {MOIS_MAX} mois : relisez l’année.")
            else:
                donnees["debut"] = _instant(donnees["jour"], donnees["heure"])
        return donnees


def _instant(jour: datetime.date, heure: datetime.time) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(jour, heure))


class SeanceForm(_Quand):
    """When and where a meeting takes place."""

    heure_fin = ChampHeure(label="Heure de fin", required=False)
    objet = forms.CharField(
        label="Objet", max_length=200, required=False, help_text="Vide : le nom de l’instance suffit."
    )
    lieu = forms.CharField(label="Lieu", max_length=200, required=False)
    lien = forms.URLField(label="Lien de visioconférence", max_length=300, required=False, assume_scheme="https")
    version = forms.IntegerField(widget=forms.HiddenInput, initial=1)

    def __init__(self, *args: Any, seance: Seance | None = None, **kwargs: Any) -> None:
        """Show the meeting as it is."""
        if seance is not None:
            debut, fin = timezone.localtime(seance.debut), timezone.localtime(seance.fin) if seance.fin else None
            kwargs.setdefault("initial", {
                "jour": debut.date(), "heure": debut.time(), "heure_fin": fin.time() if fin else None,
                "objet": seance.objet, "lieu": seance.lieu, "lien": seance.lien, "version": seance.version,
            })  # fmt: skip
        super().__init__(*args, **kwargs)

    @property
    def valeurs(self) -> dict[str, Any]:
        """Return the fields of the meeting."""
        lues = self.cleaned_data
        fin = _instant(lues["jour"], lues["heure_fin"]) if lues["heure_fin"] else None
        return {"debut": lues["debut"], "fin": fin} | {n: lues[n] for n in ("objet", "lieu", "lien")}


class ReportForm(_Quand):
    """Why a meeting is put off, to when."""

    motif = forms.CharField(label="Motif", max_length=250)


class MotifForm(forms.Form):
    """Why."""

    motif = forms.CharField(label="Motif", max_length=250)


class PointForm(Formulaire):
    """A free point of the agenda, or what a point says."""

    titre = forms.CharField(label="Titre", max_length=250)
    texte = forms.CharField(label="Présentation", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    duree_minutes = ChampEntier(label="Durée, en minutes", minimum=1, maximum=480, required=False)
    fiche = forms.ModelChoiceField(
        label="Fiche-action concernée", queryset=FicheAction.objects.none(), required=False, empty_label="Aucune"
    )
    campagne = forms.ModelChoiceField(
        label="Bilans d’une année", queryset=Campagne.objects.none(), required=False, empty_label="Aucun"
    )
    offre = forms.ModelChoiceField(
        label="Offre concernée", queryset=OffreInsertion.objects.none(), required=False, empty_label="Aucune"
    )
    rapport = forms.ModelChoiceField(
        label="Rapport annuel concerné", queryset=RapportAnnuel.objects.none(), required=False, empty_label="Aucun"
    )
    notes = forms.CharField(
        label="Ce qui s’est dit", required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Repris dans le relevé de décisions. N’écrivez rien sur la situation d’une personne.",
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, utilisateur: Any, point: PointOrdreDuJour | None = None, **kwargs: Any) -> None:
        """Show the point as it is; a new one has nothing said of it yet."""
        if point is not None:
            noms = ("titre", "texte", "duree_minutes", "notes", "fiche", "campagne", "offre", "rapport", "version")
            kwargs.setdefault("initial", {n: getattr(point, n) for n in noms})
        super().__init__(*args, **kwargs)
        fiches = FicheAction.objects.visibles_par(utilisateur).filter(programme__in=Programme.objects.du_departement())
        champs: dict[str, Any] = dict(self.fields)
        champs["fiche"].queryset = fiches.order_by("programme", "ordre")
        champs["campagne"].queryset = Campagne.objects.visibles_par(utilisateur).select_related("programme")
        champs["offre"].queryset = OffreInsertion.objects.visibles_par(utilisateur).order_by("ordre")
        champs["rapport"].queryset = RapportAnnuel.objects.visibles_par(utilisateur).select_related("programme")
        if point is None:
            del self.fields["notes"], self.fields["version"]


class DecisionForm(Formulaire):
    """A decision: what, who carries it, for when, the votes."""

    texte = forms.CharField(
        label="Décision", widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Écrivez la décision."},
    )  # fmt: skip
    point = forms.ModelChoiceField(
        label="Sur le point",
        queryset=PointOrdreDuJour.objects.none(),
        required=False,
        empty_label="Aucun",
    )
    type = forms.ChoiceField(label="Type", choices=TypeDecision.choices, initial=TypeDecision.VALIDATION)
    responsable = forms.ModelChoiceField(
        label="Qui la porte",
        queryset=Utilisateur.objects.none(),
        required=False,
        empty_label="Un service ou une structure",
    )
    structure = ChampStructure(label="Service ou structure", required=False)
    echeance = ChampDate(label="Pour le", required=False)
    unanimite = forms.BooleanField(label="À l’unanimité", required=False)
    pour = ChampEntier(label="Pour", maximum=500, required=False)
    contre = ChampEntier(label="Contre", maximum=500, required=False)
    abstentions = ChampEntier(label="Abstentions", maximum=500, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, seance: Seance, decision: Decision | None = None, **kwargs: Any) -> None:
        """Offer the points of the meeting, the one in discussion first chosen."""
        if decision is not None:
            noms = ("texte", "point", "type", "responsable", "structure", "echeance", "unanimite", "pour", "contre",
                    "abstentions")  # fmt: skip
            kwargs.setdefault("initial", {n: getattr(decision, n) for n in (*noms, "version")})
        else:
            courant = next((p for p in seance.points.all() if p.etat == "en_discussion"), None)
            kwargs.setdefault("initial", {"point": courant, "type": TypeDecision.VALIDATION})
        super().__init__(*args, **kwargs)
        self.fields["point"].queryset = seance.points.all()  # type: ignore[attr-defined]
        self.fields["responsable"].queryset = Utilisateur.objects.filter(is_active=True)  # type: ignore[attr-defined]


class SuiteForm(forms.Form):
    """What is said of a decision when it moves; `report`: to when it is put off."""

    commentaire = forms.CharField(label="Pourquoi", widget=forms.Textarea(attrs={"rows": 4}))
    echeance = ChampDate(label="Reportée au")

    def __init__(self, *args: Any, verbe: str, **kwargs: Any) -> None:
        """Ask for what the change needs."""
        super().__init__(*args, **kwargs)
        if verbe == "tenir_decision":
            self.fields["commentaire"].label = "Ce qui a été fait"
            self.fields["commentaire"].help_text = "Ce qui le montre : document, délibération, date, chiffre."
        if verbe != "reporter_decision":
            del self.fields["echeance"]
        if verbe == "commencer_decision":
            self.fields["commentaire"].required = False
            self.fields["commentaire"].label = "Par quoi vous commencez"


class ReponseConvocationForm(forms.Form):
    """What a member answers."""

    reponse = forms.ChoiceField(
        label="Votre réponse", widget=forms.RadioSelect,
        choices=[("oui", "Je viendrai"), ("pouvoir", "Je serai représenté"), ("non", "Je ne viendrai pas")],
        error_messages={"required": "Choisissez une réponse."},
    )  # fmt: skip
    represente_par = forms.CharField(label="Représenté par", max_length=150, required=False)
