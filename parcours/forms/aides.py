"""Forms of aids and envelopes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone

from actions.forms.champs import ChampAnnee, ChampDate, ChampMontant
from parcours.lecture_aides import A_CONFIRMER, reglements_au
from parcours.models import ReglementAide
from parcours.operations import aides as ops
from parcours.operations.aides import SaisieAide
from parcours.regles.restes import depend_de_la_reprise
from pdi.socle.formats import taille_fichier
from pdi.territoires.models import TerritoireAction

from .actes import Acte, FormulaireActe, FormulaireMotif


class AideForm(forms.Form):
    """A request under `reglement`: only the fields its rules read."""

    composante = forms.ChoiceField(label="Composante", widget=forms.RadioSelect)
    objet = forms.CharField(
        label="Ce que l’aide paie",
        max_length=200,
        help_text="Par exemple : pass Navigo de mars. Ni santé ni vie privée.",
    )
    montant = ChampMontant(label="Montant demandé, en euros")
    demandee_le = ChampDate(label="Demandée le", initial=timezone.localdate)
    reprise_activite_le = ChampDate(label="Date de reprise d’activité", required=False)
    naissance_enfant = ChampDate(label="Naissance de l’enfant gardé", required=False)
    confirmations = forms.MultipleChoiceField(
        label="Vous confirmez", required=False, widget=forms.CheckboxSelectMultiple
    )
    malgre = forms.BooleanField(
        label="Demander quand même : l’encadrant décidera, et refusera si le règlement ne permet pas d’y déroger",
        required=False,
    )

    def __init__(self, *args: Any, reglement: ReglementAide, **kwargs: Any) -> None:
        """Keep the fields that the rules of `reglement` read."""
        super().__init__(*args, **kwargs)
        self.reglement, regles = reglement, reglement.regles
        if reglement.composantes:
            choix = [(c["code"], c["libelle"]) for c in reglement.composantes]
            self.fields["composante"].choices = choix  # type: ignore[attr-defined]
        else:
            del self.fields["composante"]
        if not depend_de_la_reprise(regles):
            del self.fields["reprise_activite_le"]
        if not any(r["nature"] == "age" and r.get("de") == "enfant" for r in regles):
            del self.fields["naissance_enfant"]
        exiges = {r["exige"] for r in regles if r["nature"] == "prerequis"}
        confirmables = [(code, mots) for code, mots in A_CONFIRMER.items() if code in exiges]
        if confirmables:
            self.fields["confirmations"].choices = confirmables  # type: ignore[attr-defined]
        else:
            del self.fields["confirmations"]

    def saisie(self) -> SaisieAide:
        """Return what was typed, ready for the operation."""
        lues = {k: v for k, v in self.cleaned_data.items() if k != "malgre"}
        return SaisieAide(reglement=self.reglement, **lues)


class AccorderForm(FormulaireActe):
    """The grant; the reason of a derogation when the règlement allows one."""

    derogation = forms.CharField(
        label="Motif de la dérogation", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Seulement si vous écartez une règle à laquelle le règlement permet de déroger.",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Ask for it only where the règlement allows one."""
        super().__init__(*args, **kwargs)
        if self.objet is not None and not any(r.get("derogation") for r in self.objet.reglement.regles):
            del self.fields["derogation"]


class RefuserForm(FormulaireActe):
    """The refusal and its reason, proposed from the rules that refuse."""

    motif = forms.CharField(
        label="Motif du refus", max_length=250, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="La personne le lira dans la notification.",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Start from the sentences of the rules that refused at the request."""
        super().__init__(*args, **kwargs)
        if self.objet is not None:
            refuses = [c["message"] for c in self.objet.controles if not c["ok"]]
            self.initial.setdefault("motif", " ".join(refuses)[:250])


class PieceForm(FormulaireActe):
    """A supporting document."""

    fichier = forms.FileField(label="Justificatif", allow_empty_file=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Say what is accepted."""
        super().__init__(*args, **kwargs)
        types = ", ".join(settings.TYPES_PIECES_JOINTES)
        self.fields["fichier"].help_text = f"{types} ; {taille_fichier(settings.TAILLE_MAX_PIECE_JOINTE)} au plus."
        self.fields["fichier"].widget.attrs["accept"] = ",".join(f".{t}" for t in settings.TYPES_PIECES_JOINTES)


class EnveloppeForm(forms.Form):
    """An envelope: opened for a règlement, a year and a territory; only its amount changes after."""

    reglement = forms.ModelChoiceField(label="Règlement", queryset=ReglementAide.objects.none(), empty_label=None)
    annee = ChampAnnee(label="Année", minimum=2009)
    territoire = forms.ModelChoiceField(
        label="Territoire", queryset=TerritoireAction.objects.none(), required=False, empty_label="Tout le Département"
    )
    montant = ChampMontant(label="Montant, en euros")

    def __init__(self, *args: Any, ouverte: bool = False, **kwargs: Any) -> None:
        """Keep the amount alone once the envelope is open."""
        super().__init__(*args, **kwargs)
        if ouverte:
            for nom in ("reglement", "annee", "territoire"):
                del self.fields[nom]
            return
        jour = timezone.localdate()
        self.fields["reglement"].queryset = reglements_au(jour)  # type: ignore[attr-defined]
        self.fields["territoire"].queryset = TerritoireAction.objects.filter(  # type: ignore[attr-defined]
            departement=settings.DEPARTEMENT_CODE, validite__contains=jour
        ).order_by("nom")
        self.initial.setdefault("annee", jour.year)


def _sur(operation: Any) -> Any:
    """Return the operation called with the aid under its own name."""
    return lambda objet, par, **valeurs: operation(aide=objet, par=par, **valeurs)


def _annuler(objet: Any, par: Any, *, commentaire: str) -> Any:
    return ops.annuler_aide(aide=objet, motif=commentaire, par=par)


# In the order of the life cycle: the first one a reader may do is the main button of the page.
ACTES: dict[str, Acte] = {
    "accorder": Acte("accorder_aide", "Accorder l’aide ?", "Accorder l’aide",
                     "L’aide est accordée ; son montant est pris sur l’enveloppe.", _sur(ops.accorder_aide),
                     AccorderForm, "Les règles sont vérifiées de nouveau au moment où vous accordez."),
    "verser": Acte("verser_aide", "Constater le versement ?", "Constater le versement", "Le versement est constaté.",
                   _sur(ops.verser_aide), explication="Le versement est daté d’aujourd’hui."),
    "joindre": Acte("joindre", "Joindre un justificatif", "Joindre le justificatif", "Le justificatif est joint.",
                    _sur(ops.joindre_justificatif), PieceForm, avec_fichier=True),
    "renvoyer": Acte("renvoyer_aide", "Renvoyer la demande", "Renvoyer la demande",
                     "La demande est renvoyée ; son auteur est prévenu.", _sur(ops.renvoyer_aide), FormulaireMotif,
                     "Dites ce qui manque : la demande vous reviendra complétée."),
    "refuser": Acte("refuser_aide", "Refuser l’aide", "Refuser l’aide", "L’aide est refusée.",
                    _sur(ops.refuser_aide), RefuserForm, grave=True),
    "annuler": Acte("annuler_aide", "Annuler l’aide ?", "Annuler l’aide", "L’aide est annulée.", _annuler,
                    FormulaireMotif, "Ce qui était accordé revient à l’enveloppe.", grave=True),
}  # fmt: skip
