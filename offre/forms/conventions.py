"""Forms of conventions. The rules are those of the operations; here, shape only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from actions.forms.champs import (
    ChampAnnee,
    ChampDate,
    ChampEntier,
    ChampListe,
    ChampMontant,
    ChampNombre,
    ChampStructure,
)
from actions.forms.lignes import Formulaire, Ligne, Liste
from offre.calculs import choix, trouver
from offre.models import Convention
from offre.regles.baremes import EXEMPLE, Tranche, lire_tranches
from offre.regles.conventions import TYPES_REGLE

DECLARE = "Déclaré par l’opérateur"
NUMERO, INTITULE = Convention._meta.get_field("numero"), Convention._meta.get_field("intitule")


def calculs_possibles() -> list[tuple[str, Any]]:
    """Return the harmonised indicators by group, « declared » first."""
    return [("", DECLARE), *choix()]


class ConventionForm(Formulaire):
    """What a convention says, its rows apart."""

    numero = forms.CharField(label="Numéro", max_length=NUMERO.max_length)
    intitule = forms.CharField(label="Intitulé", max_length=INTITULE.max_length)
    operateur = ChampStructure(label="Opérateur")
    debut = ChampDate(label="Début")
    fin = ChampDate(label="Dernier jour", required=False, help_text="Vide : sans fin prévue.")
    alerte_jours = ChampEntier(
        label="Alerte avant la fin (jours)", minimum=1, maximum=730,
        help_text="Le service est prévenu ce nombre de jours avant le dernier jour.",
    )  # fmt: skip
    offres = forms.MultipleChoiceField(
        label="Offres de la convention", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="Seules leurs prescriptions comptent. Aucune cochée : toutes celles que reçoit l’opérateur.",
    )  # fmt: skip
    fiches = forms.MultipleChoiceField(
        label="Fiches-actions servies", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, *args: Any, offres: Sequence[tuple[Any, str]] = (), fiches: Sequence[tuple[Any, str]] = (), **kwargs: Any
    ) -> None:
        """Take the offers and the fiches, read once."""
        super().__init__(*args, **kwargs)
        self.fields["offres"].choices = offres  # type: ignore[attr-defined]
        self.fields["fiches"].choices = fiches  # type: ignore[attr-defined]


class AvenantForm(ConventionForm):
    """A change of a signed convention: what the avenant says of itself comes first."""

    objet = forms.CharField(label="Objet de l’avenant", max_length=250)
    signe_le = ChampDate(label="Avenant signé le")
    effet_le = ChampDate(label="Prend effet le")


class LigneMontant(Ligne):
    """Money of a year and a funder."""

    significatifs = ("annee", "financeur", "prevu")
    annee = ChampAnnee(label="Année")
    financeur = ChampStructure(label="Financeur")
    prevu = ChampMontant(label="Prévu (€)", required=False)


class LigneObjectif(Ligne):
    """A number the operator commits to."""

    significatifs = ("annee", "libelle", "calcul", "cible")
    annee = ChampAnnee(label="Année")
    calcul = forms.ChoiceField(label="Rempli par", required=False, choices=calculs_possibles)
    libelle = forms.CharField(label="Objectif, en clair", max_length=200, required=False)
    cible = ChampNombre(label="Cible", chiffres=12, decimales=2, positif=True)
    unite = forms.CharField(label="Unité", max_length=40, required=False)

    def clean(self) -> dict[str, Any]:
        """Take label and unit from the harmonised indicator; ask for words otherwise."""
        propres = super().clean() or self.cleaned_data
        calcul = trouver(propres.get("calcul") or "")
        if calcul is not None:
            propres["unite"] = calcul.unite
            propres["libelle"] = propres.get("libelle") or calcul.libelle
        elif self.has_changed() and not propres.get("libelle"):
            self.add_error("libelle", "Dites l’objectif, ou choisissez l’indicateur qui le remplit.")
        return propres


class LigneBareme(Ligne):
    """A scale: its bands are written one a line."""

    significatifs = ("intitule", "tranches")
    intitule = forms.CharField(label="Intitulé du barème", max_length=150)
    calcul = forms.ChoiceField(label="Mesure", required=False, choices=calculs_possibles)
    unite = forms.CharField(label="Unité de la mesure", max_length=40, required=False)
    unite_valeur = forms.CharField(label="Unité de la valeur", max_length=40, required=False)
    tranches = ChampListe(
        label="Tranches", lignes=4, help_text=f"Une par ligne : « {EXEMPLE} », la dernière « 80 et plus : 80 »."
    )

    def clean_tranches(self) -> list[Tranche]:
        """Read the bands. Raises ValidationError that names the line, the hole or the overlap."""
        try:
            return lire_tranches(self.cleaned_data["tranches"])
        except ValueError as erreur:
            raise ValidationError(str(erreur), code="bareme") from erreur

    def clean(self) -> dict[str, Any]:
        """Take the unit of the measure from the harmonised indicator."""
        propres = super().clean() or self.cleaned_data
        if calcul := trouver(propres.get("calcul") or ""):
            propres["unite"] = propres.get("unite") or calcul.unite
        return propres


class LigneRegle(Ligne):
    """A quota."""

    significatifs = ("type", "libelle", "quantite")
    type = forms.ChoiceField(label="Nature", choices=[("", "Choisir"), *((c, n) for c, (n, _) in TYPES_REGLE.items())])
    quantite = ChampNombre(label="Quantité", chiffres=10, decimales=1, positif=True, required=False)
    libelle = forms.CharField(label="Précision, public", max_length=200, required=False)


LISTES = {
    "montants": Liste(
        LigneMontant, "Montants prévus", "Montant", ajouter="Ajouter un montant", vide="Aucun montant.",
        aide="Une ligne par année et par financeur. Le mandaté et le payé se notent une fois la convention signée.",
    ),
    "objectifs": Liste(
        LigneObjectif, "Objectifs chiffrés", "Objectif", ajouter="Ajouter un objectif", vide="Aucun objectif.",
        aide="Un indicateur harmonisé se remplit seul, de la même façon pour tous les opérateurs. « Déclaré » : "
        "l’opérateur donne le résultat dans son bilan annuel.", ordonnee=True,
    ),
    "baremes": Liste(
        LigneBareme, "Barèmes", "Barème", ajouter="Ajouter un barème", vide="Aucun barème.",
        aide="Par exemple une subvention de 70 à 80 % du coût selon le taux de retour à l’emploi. Les tranches se "
        "suivent, sans trou ni chevauchement.",
    ),
    "regles": Liste(
        LigneRegle, "Quotas et règles", "Règle", ajouter="Ajouter une règle", vide="Aucune règle.",
        aide="Les places et les heures conventionnées servent au taux d’occupation et aux coûts.",
    ),
}  # fmt: skip


class LignePaiement(Ligne):
    """What was mandated and paid on a row."""

    mandate = ChampMontant(label="Mandaté (€)", required=False)
    paye = ChampMontant(label="Payé (€)", required=False)


PAIEMENTS = Liste(LignePaiement, "Mandaté et payé", "Montant", fixe=True, vide="La convention n’a aucun montant.")


class SignatureConventionForm(forms.Form):
    """The day of the signature."""

    signee_le = ChampDate(label="Signée le")


class ResiliationForm(forms.Form):
    """When and why a convention is cancelled."""

    le = ChampDate(label="Dernier jour de la convention")
    motif = forms.CharField(label="Motif", max_length=250, widget=forms.Textarea(attrs={"rows": 3}))
