"""Forms of the household, the RSA file, rights and duties. Shape only."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from actions.forms.champs import ChampDate, ChampEntier
from parcours.models import DossierRSA, RoleFoyer, Sexe, SituationFamiliale
from parcours.operations.dossiers import CHAMPS
from parcours.regles.droits_devoirs import SEUIL_ACTIVITE
from pdi.structures.models import NatureStructure, Structure

from .personnes import OUI_NON_INCONNU, oui_non

LONGUEUR_NUMERO = 11
NON_PAYEURS = "assurance maladie|assurance retraite|travailleurs indépendants|des indépendants"


class MembreForm(forms.Form):
    """Someone who enters the household: known or not yet."""

    nom_naissance = forms.CharField(label="Nom de naissance", max_length=80)
    prenoms = forms.CharField(label="Prénoms", max_length=120)
    date_naissance = ChampDate(label="Date de naissance")
    sexe = forms.ChoiceField(label="Sexe", choices=Sexe.choices, required=False)
    role = forms.ChoiceField(label="Rôle dans le foyer", choices=RoleFoyer.choices)
    debut = ChampDate(label="Dans le foyer depuis le")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Propose today."""
        super().__init__(*args, **kwargs)
        self.initial.setdefault("debut", timezone.localdate())
        self.initial.setdefault("role", RoleFoyer.ENFANT)

    @property
    def valeurs(self) -> dict[str, Any]:
        """Return the identity typed."""
        lus = {c: self.cleaned_data[c] for c in ("nom_naissance", "prenoms", "date_naissance", "sexe")}
        return lus | {c: " ".join(lus[c].split()) for c in ("nom_naissance", "prenoms")}


class FinMembreForm(forms.Form):
    """The last day in the household."""

    dernier_jour = ChampDate(label="Dernier jour dans le foyer")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Propose today."""
        super().__init__(*args, **kwargs)
        self.initial.setdefault("dernier_jour", timezone.localdate())


class SituationForm(forms.Form):
    """Family situation from a day on."""

    situation = forms.ChoiceField(label="Situation familiale", choices=SituationFamiliale.choices, required=False)
    enfants = ChampEntier(label="Enfants ou autres personnes à charge", required=False, maximum=30)
    debut = ChampDate(label="Depuis le")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Propose today."""
        super().__init__(*args, **kwargs)
        self.initial.setdefault("debut", timezone.localdate())


def payeurs_rsa() -> QuerySet[Structure]:
    """Return who pays RSA here: CAF and MSA (CASF L262-16), without health, retirement, or a neighbour's bodies."""
    protection = Structure.objects.d_ici().filter(nature=NatureStructure.PROTECTION_SOCIALE)
    return protection.exclude(nom__iregex=NON_PAYEURS)


class DossierForm(forms.Form):
    """An RSA file: its numbers, its payer, its dates."""

    numero = forms.CharField(label="N° de demande", max_length=20, help_text="11 caractères, tels que la CAF l’écrit.")
    matricule = forms.CharField(
        label="Matricule de l’allocataire", max_length=20, required=False,
        help_text="15 chiffres au plus, complétés par des zéros devant.",
    )  # fmt: skip
    organisme_payeur: Any = forms.ModelChoiceField(
        Structure.objects.none(), label="Organisme payeur", empty_label="Choisir l’organisme"
    )
    demande_le = ChampDate(label="Demandé le")
    ouvert_le = ChampDate(label="Ouvert le", required=False)
    clos_le = ChampDate(label="Clos le", required=False)
    motif_cloture = forms.CharField(label="Motif de clôture (code de la CAF)", max_length=10, required=False)

    def __init__(self, *args: Any, dossier: DossierRSA | None = None, **kwargs: Any) -> None:
        """Show `dossier`, or a blank one without closing dates."""
        if dossier is not None:
            kwargs["initial"] = {c: getattr(dossier, c) for c in CHAMPS}
        super().__init__(*args, **kwargs)
        if dossier is None:
            del self.fields["clos_le"], self.fields["motif_cloture"]
        payeurs = payeurs_rsa()
        if dossier is not None:
            payeurs |= Structure.objects.filter(pk=dossier.organisme_payeur_id)
        self.fields["organisme_payeur"].queryset = payeurs.order_by("nom", "pk")  # type: ignore[attr-defined]

    def clean_numero(self) -> str:
        """Demand 11 characters."""
        numero = re.sub(r"\s", "", str(self.cleaned_data["numero"])).upper()
        if len(numero) != LONGUEUR_NUMERO:
            raise forms.ValidationError(f"Un numéro de demande compte 11 caractères, celui-ci en compte {len(numero)}.")
        if not re.fullmatch(r"[0-9A-Z]+", numero):
            raise forms.ValidationError("Un numéro de demande s’écrit avec des chiffres et des lettres sans accent.")
        return numero

    def clean_matricule(self) -> str:
        """Demand digits, and fill with zeros in front."""
        matricule = re.sub(r"\s", "", str(self.cleaned_data["matricule"]))
        if not matricule:
            return ""
        if not matricule.isdecimal() or len(matricule) > 15:
            raise forms.ValidationError("Un matricule s’écrit avec 15 chiffres au plus.")
        return matricule.zfill(15)


class DroitsDevoirsForm(forms.Form):
    """Rights and duties from a day on: what came from the payer, and what the département needs to recompute."""

    dossier: Any = forms.ModelChoiceField(DossierRSA.objects.none(), label="Dossier", empty_label=None)
    debut = ChampDate(label="À partir du")
    recu = forms.ChoiceField(label="Soumise aux droits et devoirs, selon la CAF ou la MSA", choices=OUI_NON_INCONNU,
                             required=False)  # fmt: skip
    sans_activite = forms.ChoiceField(label="", choices=OUI_NON_INCONNU, required=False)

    def __init__(self, *args: Any, dossiers: Any, seuil: int = SEUIL_ACTIVITE, **kwargs: Any) -> None:
        """Offer the files of the household; `seuil` in € a month."""
        super().__init__(*args, **kwargs)
        self.fields["dossier"].queryset = dossiers  # type: ignore[attr-defined]
        self.fields["sans_activite"].label = f"Sans emploi, ou moins de {seuil} € de revenus d’activité par mois"
        self.fields["sans_activite"].help_text = "En moyenne sur le trimestre de référence (CASF D262-65)."
        self.initial.setdefault("debut", timezone.localdate())

    def clean_recu(self) -> bool | None:
        """Return yes, no or unknown."""
        return oui_non(self.cleaned_data["recu"])

    def clean_sans_activite(self) -> bool | None:
        """Return yes, no or unknown."""
        return oui_non(self.cleaned_data["sans_activite"])
