"""Forms of enrolments."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from actions.forms.champs import ChampNombre
from offre.models import Session
from parcours.operations import inscriptions as ops
from parcours.operations.entrees import faire_entrer

from .actes import Acte, FormulaireActe, FormulaireMotif
from .prescriptions import DateForm


class InscriptionForm(forms.Form):
    """Which session, and how many hours when it counts hours."""

    session = forms.ModelChoiceField(
        queryset=Session.objects.none(),
        error_messages={"invalid_choice": "Cette session n’est plus ouverte, ou la personne y est déjà."},
    )
    quantite = ChampNombre(label="Heures demandées", chiffres=7, decimales=1, positif=True, required=False)

    def __init__(self, *args: Any, sessions: Any, **kwargs: Any) -> None:
        """Take the sessions one may choose."""
        super().__init__(*args, **kwargs)
        self.fields["session"].queryset = sessions  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for the hours of a session that counts hours."""
        lues: dict[str, Any] = super().clean() or self.cleaned_data
        session = lues.get("session")
        if session is not None and session.unite == "heures":
            if not lues.get("quantite") and "quantite" not in self.errors:
                self.add_error("quantite", "Dites combien d’heures sont demandées pour la personne.")
        else:
            lues["quantite"] = Decimal(1)
        return lues


class HeuresForm(DateForm):
    """Hours used on a day."""

    heures = ChampNombre(label="Heures", chiffres=4, decimales=1, positif=True)
    commentaire = forms.CharField(label="Commentaire", max_length=150, required=False)


def _sur(operation: Any) -> Any:
    return lambda objet, par, **valeurs: operation(inscription=objet, par=par, **valeurs)


ACTES: dict[str, Acte] = {
    "confirmer": Acte("confirmer_inscription", "Prendre la place proposée ?", "Prendre la place",
                      "La place est prise : la personne est inscrite.", _sur(ops.confirmer_inscription),
                      FormulaireActe, "La personne est inscrite dans la session."),
    "entree": Acte("constater_entree", "Entrée dans la session", "Noter l’entrée", "L’entrée est notée.",
                   _sur(faire_entrer), DateForm,
                   "Le premier jour de la personne. La prescription dont vient l’inscription passe en action."),
    "heures": Acte("noter_heures", "Heures consommées", "Noter des heures", "Les heures sont notées.",
                   _sur(ops.noter_heures), HeuresForm),
    "absence": Acte("constater_absence", "Absence au démarrage", "Noter l’absence",
                    "L’absence est notée ; la place est rendue.", _sur(ops.constater_absence),
                    DateForm, "La personne n’est pas venue : sa place va à la première qui attend.", grave=True),
    "annuler": Acte("annuler_inscription", "Annuler l’inscription ?", "Annuler l’inscription",
                    "L’inscription est annulée ; la place, s’il y en avait une, est rendue.",
                    lambda objet, par, commentaire: ops.annuler_inscription(
                        inscription=objet, par=par, motif=commentaire
                    ), FormulaireMotif,
                    "La personne perd sa place, ou son tour dans la liste d’attente.", grave=True),
}  # fmt: skip
