"""Part of the interview form: the objectives of the contract in force, reached or not."""

from __future__ import annotations

from typing import Any

from django import forms

from parcours.models import Contrat
from parcours.operations.objectifs import noter_objectifs
from pdi.socle.formats import compte

from .base import Contexte, Volet

CODE = "objectifs"
CHOIX = [("", "En cours"), ("oui", "Atteint"), ("non", "Non atteint")]
VALEURS: dict[str, bool | None] = {"": None, "oui": True, "non": False}
CLES = {valeur: cle for cle, valeur in VALEURS.items()}


def volet(contexte: Contexte) -> Volet | None:
    """Return the part, None when no contract is in force or it has no objective. Two queries."""
    valides = Contrat.objects.valides_au(contexte.jour).filter(personne=contexte.personne, etat="valide")
    contrat = valides.prefetch_related("objectifs").order_by("-debut").first()
    objectifs = list(contrat.objectifs.all()) if contrat else []
    if contrat is None or not objectifs:
        return None

    def creer(data: Any) -> forms.BaseForm:
        form = forms.Form(data, prefix=CODE, use_required_attribute=False)
        for objectif in objectifs:
            form.fields[str(objectif.pk)] = forms.ChoiceField(
                label=objectif.libelle, choices=CHOIX, required=False, initial=CLES[objectif.atteint]
            )
        return form

    def appliquer(form: Any) -> str:
        atteints = {int(nom): VALEURS[valeur] for nom, valeur in form.cleaned_data.items()}
        n = noter_objectifs(contrat=contrat, atteints=atteints, par=contexte.utilisateur)
        return f"{compte(n, 'objectif noté', 'objectifs notés')}"

    return Volet(CODE, "Objectifs du contrat", creer, appliquer, aide=f"{compte(len(objectifs), 'objectif')}.")
