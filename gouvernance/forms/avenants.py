"""Forms of proposals of change and of avenants."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from actions.forms.champs import ChampDate
from actions.models import Bilan
from actions.operations.nouvelle_fiche import RUBRIQUES
from actions.versions import LISTES, MODIFIABLES
from gouvernance.models import Decision, OrigineModification
from gouvernance.models.avenant import RETRAIT

AIDES = {
    "objectifs": "Un objectif par ligne ; ses étapes dessous, chacune précédée d’un tiret. Une étape dont les mots ne "
    "changent pas garde son avancement et ses dates.",
    "pilotes": "Une ligne par service : « Pilote : nom du service » ou « Copilote : nom du service ».",
    "cibles": "Une ligne par cible : « Taux d’orientation – 2026 : 90 ». Une ligne retirée retire la cible.",
    "financements": "Une ligne par financeur et par année : « Région Île-de-France – 2026 : 12 000 ». Écrivez "
    "« ensemble » à la place de l’année pour un montant qui vaut pour toute l’action.",
    "cout_total": "Celui qu’imprimera le document, par exemple 120 000.",
    "arret": "Dites pourquoi la fiche est retirée : son action passera au statut « Abandonnée », aucun bilan n’en sera "
    "plus demandé les années suivantes, les anciens resteront lisibles. Videz le texte pour qu’elle reprenne.",
}
AIDES_NOUVELLE = AIDES | {"objectifs": "Un objectif par ligne ; ses étapes dessous, chacune précédée d’un tiret."}
# Rubrics that an avenant may leave without a word.
VIDABLES = ("objectifs_generaux", "territoires", "conditions_reussite", "cibles", "cout_total", "financements", "arret")
LIGNES = {"intitule": 2, "cout_total": 1, "periodicite_texte": 2, "arret": 2}


class ModificationForm(forms.Form):
    """A proposal of change. `vu`: the text that the page showed."""

    apres = forms.CharField(label="Texte proposé", required=False, strip=False, max_length=50_000)
    motif = forms.CharField(
        label="Pourquoi changer", max_length=4000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Ce que lira l’Assemblée\u00a0: ce qui a été constaté, ce que la modification permet.",
    )  # fmt: skip
    origine = forms.ChoiceField(label="D’où vient la proposition", choices=OrigineModification.choices)
    bilan = forms.ModelChoiceField(label="Le bilan", required=False, queryset=Bilan.objects.none(), empty_label="—")
    decision = forms.ModelChoiceField(
        label="La décision", required=False, queryset=Decision.objects.none(), empty_label="—"
    )
    vu = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, champ: str, bilans: Any = None, decisions: Any = None, correction: bool = False, **kwargs: Any
    ) -> None:
        """Fit the text box to the rubric; offer the bilans and the decisions one may cite."""
        super().__init__(*args, **kwargs)
        self.fields["apres"].widget = forms.Textarea(attrs={"rows": LIGNES.get(champ, 10)})
        self.fields["apres"].required = champ not in VIDABLES
        self.fields["apres"].help_text = AIDES.get(champ, "Un élément par ligne." if champ in LISTES else "")
        if champ == RETRAIT and not self.initial.get("vu"):
            self.fields["apres"].label, self.fields["apres"].required = "Ce que la fiche dira de son retrait", True
        for nom, choix in (("bilan", bilans), ("decision", decisions)):
            if correction or choix is None or not choix:
                del self.fields[nom]
            else:
                self.fields[nom].queryset = choix  # type: ignore[attr-defined]
        if correction:
            del self.fields["origine"]

    def clean(self) -> dict[str, Any]:
        """Ask for the bilan or the decision that the origin names."""
        lues: dict[str, Any] = super().clean() or self.cleaned_data
        for nom, libelle in (("bilan", "Choisissez le bilan."), ("decision", "Choisissez la décision.")):
            if nom in self.fields:
                if lues.get("origine") == nom and not lues.get(nom):
                    self.add_error(nom, libelle)
                if lues.get("origine") != nom:
                    lues[nom] = None
        return lues


class NouvelleFicheForm(forms.Form):
    """A new fiche, in words. `version`: of the proposal, when it is corrected."""

    numero = forms.CharField(label="Numéro", max_length=20)
    intitule = forms.CharField(label="Intitulé", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    axe = forms.TypedChoiceField(label="Place dans l’arbre", required=False, coerce=int, empty_value=None)
    contexte = forms.CharField(label="Constat", strip=False, max_length=50_000, widget=forms.Textarea)
    objectifs_generaux = forms.CharField(required=False, max_length=50_000, widget=forms.Textarea)
    objectifs = forms.CharField(max_length=50_000, widget=forms.Textarea)
    publics = forms.CharField(max_length=50_000, widget=forms.Textarea)
    territoires = forms.CharField(required=False, max_length=50_000, widget=forms.Textarea)
    pilotes = forms.CharField(max_length=5_000, widget=forms.Textarea)
    calendrier_texte = forms.CharField(required=False, max_length=5_000, widget=forms.Textarea)
    cout_total = forms.CharField(required=False, max_length=40)
    financements = forms.CharField(required=False, max_length=50_000, widget=forms.Textarea)
    conditions_reussite = forms.CharField(required=False, max_length=50_000, widget=forms.Textarea)
    periodicite_texte = forms.CharField(required=False, max_length=250)
    motif = forms.CharField(
        label="Pourquoi créer cette fiche", max_length=4000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Ce que lira l’Assemblée\u00a0: le besoin constaté, ce qu’aucune fiche ne couvre.",
    )  # fmt: skip
    origine = forms.ChoiceField(
        label="D’où vient la proposition", choices=[c for c in OrigineModification.choices if c[0] != "bilan"],
        initial=OrigineModification.LIBRE,
    )  # fmt: skip
    decision = forms.ModelChoiceField(
        label="La décision", required=False, queryset=Decision.objects.none(), empty_label="—"
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, axes: Iterable[tuple[int, str]], pris: Iterable[str] = (), decisions: Any = None,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        """Name the rubrics as everywhere, tell the numbers taken, offer the tree and the decisions one may cite."""
        super().__init__(*args, **kwargs)
        self.fields["numero"].help_text = f"Numéros déjà pris\u00a0: {', '.join(pris) or 'aucun'}."
        self.fields["axe"].choices = [("", "Hors de l’arbre"), *axes]  # type: ignore[attr-defined]
        for nom in RUBRIQUES:
            champ = self.fields[nom]
            champ.label = MODIFIABLES[nom]
            champ.help_text = AIDES_NOUVELLE.get(nom, "Un élément par ligne." if nom in LISTES else "")
            if isinstance(champ.widget, forms.Textarea):
                champ.widget.attrs["rows"] = 6 if nom in ("contexte", "objectifs") else 3
        if decisions is None:
            del self.fields["decision"], self.fields["origine"]
        else:
            self.fields["decision"].queryset = decisions  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for the decision that the origin names."""
        lues: dict[str, Any] = super().clean() or self.cleaned_data
        if "decision" in self.fields:
            if lues.get("origine") != "decision":
                lues["decision"] = None
            elif not lues.get("decision") and "decision" not in self.errors:
                self.add_error("decision", "Choisissez la décision.")
        return lues

    @property
    def textes(self) -> dict[str, str]:
        """Return {rubric: text}."""
        return {nom: self.cleaned_data.get(nom, "") for nom in ("numero", "intitule", *RUBRIQUES)}


class AvenantForm(forms.Form):
    """An avenant."""

    intitule = forms.CharField(label="Intitulé", max_length=200, help_text="Ce que l’avenant change, en une ligne.")
    expose = forms.CharField(
        label="Exposé des motifs", required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Il ouvre l’annexe de la délibération. Nécessaire avant de proposer l’avenant au vote.",
    )  # fmt: skip
    effet = ChampDate(
        label="Date d’effet", required=False,
        help_text="Le jour où les fiches prennent leur nouveau texte, au plus tôt celui du vote.",
    )  # fmt: skip
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class CreationForm(AvenantForm):
    """A new avenant of one programme."""

    programme = forms.TypedChoiceField(label="Programme", coerce=int)
    field_order = ("programme", "intitule", "expose", "effet")

    def __init__(self, *args: Any, programmes: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        """Offer the programmes."""
        super().__init__(*args, **kwargs)
        self.fields["programme"].choices = list(programmes)  # type: ignore[attr-defined]
        del self.fields["version"]


class ComposerForm(forms.Form):
    """Proposals to put in an avenant."""

    modifications = forms.TypedMultipleChoiceField(
        label="Propositions à examiner", coerce=int, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Cochez au moins une proposition."},
    )  # fmt: skip

    def __init__(self, *args: Any, choix: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        """Offer the proposals that wait."""
        super().__init__(*args, **kwargs)
        self.fields["modifications"].choices = list(choix)  # type: ignore[attr-defined]


class VoteForm(forms.Form):
    """The vote of the Assemblée."""

    resultat = forms.ChoiceField(
        label="Résultat", choices=[("voter", "Adopté"), ("rejeter", "Rejeté")], widget=forms.RadioSelect,
        initial="voter",
    )  # fmt: skip
    deliberation = forms.CharField(label="Numéro de la délibération", max_length=60)
    vote_le = ChampDate(label="Date du vote")
    effet = ChampDate(label="Date d’effet", required=False, help_text="Si l’avenant est adopté.")
    commentaire = forms.CharField(
        label="Pourquoi il est rejeté", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the day of effect of an adoption, for the reason of a refusal."""
        lues: dict[str, Any] = super().clean() or self.cleaned_data
        if lues.get("resultat") == "voter" and not lues.get("effet") and "effet" not in self.errors:
            self.add_error("effet", "Dites à quelle date l’avenant prend effet.")
        if lues.get("resultat") == "rejeter" and not lues.get("commentaire"):
            self.add_error("commentaire", "Dites pourquoi l’avenant est rejeté.")
        return lues


class CommentaireForm(forms.Form):
    """Why."""

    commentaire = forms.CharField(label="Pourquoi", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
