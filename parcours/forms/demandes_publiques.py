"""Forms of the requests of the public: the visitor's, and the agent's."""

from __future__ import annotations

import datetime
import re
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone

from actions.forms.champs import ChampDate
from parcours.lecture_demande import LectureDemande
from parcours.models import MotifDeclin, Personne
from parcours.operations import traitement_demandes as ops
from parcours.operations.demandes_publiques import SaisieDemande
from parcours.regles.delais import age_au
from pdi.socle.robots import FormulairePublic
from pdi.structures.models import Structure
from pdi.territoires.models import Commune

from .actes import Acte, FormulaireActe, FormulaireMotif
from .personnes import ContactsForm

AGE_MIN = 16
NOUVELLE = "nouvelle"


class DemandeForm(FormulairePublic):
    """What a visitor writes: who, how to call back, where, and an agreement."""

    prenom = forms.CharField(
        label="Prénom", max_length=80, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    nom = forms.CharField(label="Nom", max_length=80, widget=forms.TextInput(attrs={"autocomplete": "family-name"}))
    date_naissance = ChampDate(label="Date de naissance")
    commune = forms.ModelChoiceField(
        label="Commune où vous habitez", queryset=Commune.objects.none(), required=False,
        empty_label="Une autre commune, ou je préfère ne pas le dire",
    )  # fmt: skip
    courriel = forms.EmailField(
        label="Adresse électronique", widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text="Un lien y est envoyé pour confirmer votre demande. Exemple : prenom.nom@exemple.fr",
        error_messages={"invalid": "Cette adresse n’est pas complète ou contient une virgule ou un espace : elle "
                                   "s’écrit comme prenom.nom@exemple.fr."},
    )  # fmt: skip
    telephone = forms.CharField(
        label="Téléphone", max_length=20, required=False, help_text="Pour vous rappeler plus vite.",
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )  # fmt: skip
    message = forms.CharField(
        label="Ce que vous attendez de cette offre", max_length=1000, required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Par exemple : apprendre à conduire pour accepter un emploi. N’écrivez rien sur votre santé.",
    )  # fmt: skip
    consentement = forms.BooleanField(
        label="J’accepte que le Département utilise ces informations pour traiter ma demande et me recontacter.",
        error_messages={"required": "Sans votre accord, la demande ne peut pas être envoyée : cochez la case."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the communes of the département."""
        super().__init__(*args, **kwargs)
        communes = Commune.objects.filter(departement=settings.DEPARTEMENT_CODE).order_by("nom__unaccent", "nom")
        self.fields["commune"].queryset = communes  # type: ignore[attr-defined]

    def _nom_propre(self, champ: str) -> str:
        lu: str = self.cleaned_data[champ]
        if re.search(r"[\d<>@/\\{}]", lu):
            raise forms.ValidationError("Un nom s’écrit avec des lettres, des tirets et des apostrophes.")
        return lu

    def clean_nom(self) -> str:
        """Refuse what cannot be a name."""
        return self._nom_propre("nom")

    def clean_prenom(self) -> str:
        """Refuse what cannot be a first name."""
        return self._nom_propre("prenom")

    clean_telephone = ContactsForm.clean_telephone  # one spelling of numbers

    def clean_date_naissance(self) -> datetime.date:
        """Demand a birth date of somebody old enough to ask."""
        lue: datetime.date = self.cleaned_data["date_naissance"]
        jour = timezone.localdate()
        if lue >= jour or lue.year < 1900:
            raise forms.ValidationError("Vérifiez l’année de naissance : quatre chiffres, par exemple 1985.")
        if age_au(lue, jour) < AGE_MIN:
            raise forms.ValidationError(
                f"Les demandes en ligne s’adressent aux personnes de {AGE_MIN} ans et plus : "
                "appelez l’accueil de votre territoire."
            )
        return lue

    def saisie(self) -> SaisieDemande:
        """Return what was typed, ready for the operation."""
        return SaisieDemande(**{c: self.cleaned_data[c] for c in SaisieDemande.__dataclass_fields__})


class AccepterForm(forms.Form):
    """The prescription a request becomes: for whom, by which operator, with what expectation."""

    personne = forms.ChoiceField(label="Qui demande", widget=forms.RadioSelect)
    operateur = forms.ModelChoiceField(
        label="Opérateur", queryset=Structure.objects.none(), required=False, empty_label="À préciser plus tard"
    )
    motivation = forms.CharField(
        label="Ce qu’on attend de l’action", max_length=4000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="L’opérateur lira ce texte : partez des mots de la personne, sans santé, ressources ni vie privée.",
    )  # fmt: skip
    prevenir = forms.BooleanField(
        label="Écrire à la personne que sa demande est prise en charge", required=False, initial=True
    )

    def __init__(self, *args: Any, lecture: LectureDemande, **kwargs: Any) -> None:
        """Offer the people who may be she, and a new file when the author may open one."""
        demande = lecture.demande
        kwargs["initial"] = {"motivation": demande.message, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.connues = {str(p.pk): p for p in lecture.a_choisir}
        choix = [(cle, self._dire(p, demande.personne_id)) for cle, p in self.connues.items()]
        if lecture.peut_ouvrir_dossier:
            choix.append((NOUVELLE, "Une personne qui n’a pas encore de dossier : l’ouvrir avec ces informations"))
        self.fields["personne"].choices = choix  # type: ignore[attr-defined]
        self.initial.setdefault("personne", choix[0][0] if choix else "")
        operateurs = demande.offre.operateurs.order_by("nom")
        self.fields["operateur"].queryset = operateurs  # type: ignore[attr-defined]
        if len(seules := list(operateurs[:2])) == 1:
            self.initial.setdefault("operateur", seules[0].pk)

    @staticmethod
    def _dire(personne: Any, reconnue: int | None) -> str:
        naissance = (
            f"naissance le {personne.date_naissance:%d/%m/%Y}" if personne.date_naissance else "naissance inconnue"
        )
        fin = ", même nom, même prénom, même date" if personne.pk == reconnue else ""
        commune = f", {personne.commune}" if personne.commune else ""
        return f"{personne}, {naissance}{commune}{fin}"

    @property
    def choisie(self) -> Personne | None:
        """Return the known person chosen, None for a new file."""
        return self.connues.get(self.cleaned_data["personne"])


class RappelForm(FormulaireActe):
    """When to call, and what was said."""

    le = ChampDate(label="Rappeler le", initial=timezone.localdate)
    commentaire = forms.CharField(
        label="Ce qui s’est dit", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Par exemple : message laissé sur le répondeur.",
    )  # fmt: skip


class DeclinForm(FormulaireActe):
    """Why the request leads to nothing."""

    motif = forms.ChoiceField(label="Motif", choices=MotifDeclin.choices, widget=forms.RadioSelect)
    commentaire = forms.CharField(
        label="Commentaire pour vos collègues", required=False, max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}), help_text="La personne ne le lit pas.",
    )  # fmt: skip
    prevenir_demandeur = forms.BooleanField(
        label="Écrire le motif à la personne", required=False, initial=True,
        help_text="Un courriel automatique donne la phrase du motif. Rien ne part pour une demande qui n’est pas "
        "sérieuse.",
    )  # fmt: skip


def _sur(operation: Any) -> Any:
    return lambda objet, par, **valeurs: operation(demande=objet, par=par, **valeurs)


ACTES: dict[str, Acte] = {
    "rappeler": Acte("rappeler_demande", "Noter un rappel", "Enregistrer le rappel", "Le rappel est noté.",
                     _sur(ops.rappeler_demande), RappelForm,
                     "La demande reste ouverte ; elle revient dans « À rappeler aujourd’hui » ce jour-là."),
    "decliner": Acte("decliner_demande", "Décliner la demande ?", "Décliner la demande", "La demande est déclinée.",
                     _sur(ops.decliner_demande), DeclinForm,
                     "Aucune prescription n’est écrite. La demande peut être rouverte.", grave=True),
    "rouvrir": Acte("rouvrir_demande", "Rouvrir la demande ?", "Rouvrir la demande",
                    "La demande est de nouveau à traiter.", _sur(ops.rouvrir_demande), FormulaireMotif),
}  # fmt: skip
