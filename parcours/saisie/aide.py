"""Part of the interview form: one aid, checked by its règlement as on its own screen."""

from __future__ import annotations

from typing import Any

from django import forms

from actions.forms.champs import ChampDate, ChampMontant
from parcours.droits.aides import peut_demander_aide
from parcours.lecture_aides import A_CONFIRMER, reglements_au
from parcours.operations.aides import SaisieAide, demander_aide
from pdi.socle.formats import euros

from .base import Contexte, Volet

CODE = "aide"


class AideVolet(forms.Form):
    """A request: the aid and its part in one choice, then what the rules may read."""

    aide = forms.ChoiceField(label="Aide")
    objet = forms.CharField(
        label="Ce que l’aide paie",
        max_length=200,
        help_text="Par exemple : pass Navigo de mars. Ni santé ni vie privée.",
    )
    montant = ChampMontant(label="Montant demandé, en euros")
    reprise_activite_le = ChampDate(
        label="Date de reprise d’activité", required=False, help_text="Pour les aides qui en dépendent."
    )
    naissance_enfant = ChampDate(label="Naissance de l’enfant gardé", required=False)
    confirmations = forms.MultipleChoiceField(
        label="Vous confirmez", required=False, widget=forms.CheckboxSelectMultiple, choices=list(A_CONFIRMER.items())
    )


def volet(contexte: Contexte) -> Volet | None:
    """Return the part, None without a règlement in force or for a reader who may not ask for an aid."""
    reglements = {str(r.pk): r for r in reglements_au(contexte.jour)}
    if not reglements or not peut_demander_aide(contexte.utilisateur, contexte.personne):
        return None
    choix: list[Any] = [("", "Choisir une aide")]
    for cle, reglement in reglements.items():
        parties = [(f"{cle}:{c['code']}", c["libelle"]) for c in reglement.composantes]
        choix.append((reglement.intitule, parties) if parties else (f"{cle}:", reglement.intitule))

    def creer(data: Any) -> forms.BaseForm:
        form = AideVolet(data, prefix=CODE, use_required_attribute=False)
        form.fields["aide"].choices = choix  # type: ignore[attr-defined]
        return form

    def appliquer(form: AideVolet) -> str:
        lues = dict(form.cleaned_data)
        cle, _, composante = lues.pop("aide").partition(":")
        saisie = SaisieAide(reglement=reglements[cle], composante=composante, demandee_le=contexte.jour, **lues)
        demandee = demander_aide(personne=contexte.personne, saisie=saisie, par=contexte.utilisateur)
        return f"aide demandée : {demandee.objet}, {euros(demandee.montant)}"

    return Volet(CODE, "Demander une aide", creer, appliquer, aide="Le règlement est vérifié à l’enregistrement.")
