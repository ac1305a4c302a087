"""Forms of prescriptions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from actions.forms.champs import ChampDate
from offre.models import OffreInsertion
from parcours.models import Motif, NatureMotif, OriginePrescription, Presence, ResultatPrescription
from parcours.operations import prescriptions as ops
from parcours.operations.prescriptions import Saisie
from parcours.operations.reponses import relancer_prescription
from pdi.structures.models import Structure

from .actes import Acte, FormulaireActe, FormulaireMotif


class PrescriptionForm(forms.Form):
    """What a prescription says. `offre` None: a free action, whose operator is any structure in activity."""

    action_libre = forms.CharField(
        label="L’action", max_length=200, help_text="Par exemple : atelier vélo du centre social."
    )
    operateur = forms.ModelChoiceField(
        label="Opérateur", queryset=Structure.objects.none(), required=False, empty_label="À préciser plus tard"
    )
    origine = forms.ChoiceField(label="Qui prescrit", widget=forms.RadioSelect)
    motivation = forms.CharField(
        label="Ce qu’on attend de l’action",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="L’opérateur lit ce texte : dites le but et le rythme, sans santé, ressources ni vie privée.",
    )
    documents = forms.CharField(label="Documents à apporter", max_length=250, required=False)
    transmettre = forms.BooleanField(
        label="La personne a signé aujourd’hui : transmettre aussitôt à l’opérateur", required=False
    )

    def __init__(self, *args: Any, offre: OffreInsertion | None, origines: list[str] | None, **kwargs: Any) -> None:
        """Keep the fields that apply; `origines` None when it does not change any more."""
        super().__init__(*args, **kwargs)
        self.offre = offre
        if offre is None:
            structures = Structure.objects.actives().d_ici().order_by("nom")
        else:
            structures = offre.operateurs.order_by("nom")
            del self.fields["action_libre"]
        self.fields["operateur"].queryset = structures  # type: ignore[attr-defined]
        if offre is not None and "operateur" not in self.initial and len(seules := list(structures[:2])) == 1:
            self.initial["operateur"] = seules[0].pk
        if origines is None:
            del self.fields["origine"], self.fields["transmettre"]
            return
        choix = [(o, OriginePrescription(o).label) for o in origines]
        self.fields["origine"].choices = choix  # type: ignore[attr-defined]
        self.initial.setdefault("origine", choix[0][0] if choix else "")
        if len(choix) == 1:
            self.fields["origine"].widget = forms.HiddenInput()

    def saisie(self) -> Saisie:
        """Return what was typed, ready for the operation."""
        lues = self.cleaned_data
        return Saisie(
            offre=self.offre,
            action_libre=lues.get("action_libre", ""),
            operateur=lues["operateur"],
            origine=lues.get("origine", ""),
            motivation=lues["motivation"],
            documents=lues["documents"],
        )


def _jour(libelle: str, **plus: Any) -> ChampDate:
    return ChampDate(label=libelle, initial=timezone.localdate, **plus)


class DateForm(FormulaireActe):
    """A date."""

    le = _jour("Date")


class PresentationForm(FormulaireActe):
    """Did the person come?"""

    presentation = forms.ChoiceField(
        label="Au premier rendez-vous, la personne était", choices=Presence.choices, widget=forms.RadioSelect
    )
    le = _jour("Date du rendez-vous")
    commentaire = forms.CharField(
        label="Commentaire", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReponseForm(FormulaireActe):
    """The operator's answer."""

    reponse = forms.ChoiceField(
        label="Votre réponse",
        choices=[("retenue", "La personne est retenue"), ("refusee", "La personne n’est pas retenue")],
        widget=forms.RadioSelect,
    )
    motif = forms.ModelChoiceField(
        label="Motif du refus",
        queryset=Motif.objects.none(),
        required=False,
        empty_label="Sans objet",
        help_text="Attendu quand la personne n’est pas retenue. Le prescripteur le lit.",
    )
    presentation = forms.ChoiceField(
        label="Premier rendez-vous", required=False, choices=[("", "Pas encore eu lieu"), *Presence.choices]
    )
    le = ChampDate(label="Date du rendez-vous", required=False)
    commentaire = forms.CharField(
        label="Message au prescripteur", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Par exemple : la date d’entrée prévue, ou ce qui permettrait de retenir la personne plus tard.",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Read the reasons of today."""
        super().__init__(*args, **kwargs)
        motifs = Motif.objects.filter(nature=NatureMotif.REFUS_PRESCRIPTION, validite__contains=timezone.localdate())
        self.fields["motif"].queryset = motifs  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for the reason of a refusal."""
        lues: dict[str, Any] = super().clean() or self.cleaned_data
        if lues.get("reponse") == "refusee" and not lues.get("motif"):
            self.add_error("motif", "Un refus se motive\u00a0: choisissez un motif.")
        return lues


class BilanForm(FormulaireActe):
    """The mid-term review."""

    bilan = forms.CharField(
        label="Où en est la personne dans l’action", max_length=6000, widget=forms.Textarea(attrs={"rows": 7})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Start from the review already written."""
        super().__init__(*args, **kwargs)
        self.initial.setdefault("bilan", self.objet.bilan_intermediaire if self.objet else "")


class FinForm(FormulaireActe):
    """The end of the action."""

    le = _jour("Dernier jour dans l’action")
    resultat = forms.ChoiceField(label="Résultat", choices=ResultatPrescription.choices, widget=forms.RadioSelect)
    bilan = forms.CharField(label="Bilan final", max_length=6000, widget=forms.Textarea(attrs={"rows": 7}))


class AbandonForm(FormulaireMotif):
    """The person gave up."""

    le = _jour("Date de l’abandon")
    field_order = ["le", "commentaire"]


class RelanceForm(FormulaireActe):
    """A word to the operator."""

    commentaire = forms.CharField(
        label="Ce que vous faites de votre côté", required=False, max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}), help_text="Pour l’historique de la prescription.",
    )  # fmt: skip


def _repondre(objet: Any, par: Any, *, reponse: str, motif: Any, **reste: Any) -> Any:
    return ops.repondre(prescription=objet, retenue=reponse == "retenue", motif=motif, par=par, **reste)


def _sur(operation: Any) -> Any:
    """Return the operation called with the prescription under its own name."""
    return lambda objet, par, **valeurs: operation(prescription=objet, par=par, **valeurs)


# In the order of the life cycle: the first one a reader may do is the main button of the page.
ACTES: dict[str, Acte] = {
    "signer": Acte("signer", "Signature de la prescription", "Enregistrer la signature",
                   "La signature est enregistrée. Rien n’est encore transmis.", _sur(ops.signer), DateForm,
                   "La personne et le prescripteur ont signé."),
    "transmettre": Acte("transmettre", "Transmettre à l’opérateur ?", "Transmettre la prescription",
                        "La prescription est transmise ; l’opérateur est prévenu.", _sur(ops.transmettre),
                        explication="L’opérateur lira l’identité, le contact, vos attentes et les documents à "
                        "apporter. Il ne verra ni le contrat, ni les aides, ni le diagnostic."),
    "repondre": Acte("retenir", "Répondre à la prescription", "Envoyer la réponse",
                     "La réponse est enregistrée ; le prescripteur est prévenu.", _repondre, ReponseForm),
    "presentation": Acte("constater_presentation", "Premier rendez-vous", "Enregistrer la présentation",
                         "La présentation est enregistrée.", _sur(ops.constater_presentation), PresentationForm),
    "relancer": Acte("relancer_prescription", "Relancer l’opérateur ?", "Relancer l’opérateur",
                     "L’opérateur est relancé.", _sur(relancer_prescription), RelanceForm,
                     "Les comptes de l’opérateur reçoivent un avis, et l’adresse qu’il a choisie, s’il en a une, un "
                     "nouveau lien pour répondre."),
    "completer": Acte("renvoyer_prescription", "Demander un complément", "Demander le complément",
                      "Le prescripteur est prévenu ; il vous transmettra de nouveau la prescription.",
                      _sur(ops.renvoyer_prescription), FormulaireMotif,
                      "La prescription revient au prescripteur, qui la complète, la signe et la transmet de nouveau."),
    "entrer": Acte("entrer", "Entrée en action", "Enregistrer l’entrée", "L’entrée en action est enregistrée.",
                   _sur(ops.entrer), DateForm, "Le premier jour de la personne dans l’action."),
    "terminer": Acte("terminer", "Fin de l’action", "Terminer l’action", "L’action est achevée.",
                     _sur(ops.terminer), FinForm),
    "bilan": Acte("consigner_bilan", "Bilan intermédiaire", "Enregistrer le bilan",
                  "Le bilan intermédiaire est enregistré.", _sur(ops.consigner_bilan), BilanForm),
    "abandonner": Acte("abandonner", "Abandon de l’action", "Enregistrer l’abandon", "L’abandon est enregistré.",
                       _sur(ops.abandonner), AbandonForm, grave=True),
    "annuler": Acte("annuler_prescription", "Annuler la prescription ?", "Annuler la prescription",
                    "La prescription est annulée.",
                    lambda objet, par, commentaire: ops.annuler_prescription(
                        prescription=objet, motif=commentaire, par=par
                    ), FormulaireMotif,
                    "L’opérateur, s’il l’a reçue, en est prévenu et ne voit plus la personne.", grave=True),
}  # fmt: skip
