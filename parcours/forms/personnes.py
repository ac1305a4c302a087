"""Forms of identity, contacts, address. Shape only: the rules speak in the operations."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from actions.forms.champs import ChampDate
from parcours.communes import libelle, resoudre
from parcours.models import Adresse, Personne
from parcours.operations.adresses import SaisieAdresse
from parcours.operations.identite import INVALIDE
from parcours.operations.personnes import CONTACTS, IDENTITE
from parcours.regles.identite import nir_valide
from pdi.socle.chiffrement import Indechiffrable, chiffrer, dechiffrer

LISTE_COMMUNES = "communes-connues"
OUI_NON_INCONNU = (("", "Non renseigné"), ("oui", "Oui"), ("non", "Non"))


def oui_non(valeur: Any) -> bool | None:
    """Return what « oui », « non », « non renseigné » say."""
    return {"oui": True, "non": False}.get(valeur)


class _JamaisRendu(forms.TextInput):
    """A text box that never shows back what was typed in it."""

    def format_value(self, value: Any) -> str:  # noqa: ARG002
        """Return nothing."""
        return ""


class _Modele(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """A form whose fields are the model's, and whose constraints the operation judges."""

    def validate_constraints(self) -> None:
        """Leave constraints to the operation, whose sentences name the field."""

    def _texte(self, nom: str) -> str:
        return " ".join(str(self.cleaned_data.get(nom, "")).split())


class IdentiteForm(_Modele):
    """Who the person is. The NIR is written, never shown: between two sendings it travels sealed (encrypted)."""

    date_naissance = ChampDate(label="Date de naissance", required=False)
    inscrit_france_travail = forms.ChoiceField(
        label="Inscrit à France Travail", choices=OUI_NON_INCONNU, required=False
    )
    nir = forms.CharField(
        label="Numéro de sécurité sociale",
        required=False,
        max_length=30,
        widget=_JamaisRendu(attrs={"autocomplete": "off", "inputmode": "text", "spellcheck": "false"}),
        help_text="13 caractères, ou 15 avec la clé ; 2A ou 2B pour la Corse. Il est chiffré et ne s’affiche jamais.",
    )
    nir_scelle = forms.CharField(required=False, widget=forms.HiddenInput)
    retirer_nir = forms.BooleanField(label="Retirer le numéro enregistré", required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Personne
        fields = IDENTITE

    def __init__(self, *args: Any, personne: Personne | None = None, **kwargs: Any) -> None:
        """Show the identity of `personne`, or a blank one."""
        if personne is not None:
            kwargs["initial"] = {c: getattr(personne, c) for c in IDENTITE} | {"version": personne.version}
            inscrit = personne.inscrit_france_travail
            kwargs["initial"]["inscrit_france_travail"] = "" if inscrit is None else "oui" if inscrit else "non"
        super().__init__(*args, **kwargs)
        if personne is not None and personne.situation_dite_le:
            dit = f"Dit le {personne.situation_dite_le:%d/%m/%Y}. Le questionnaire du diagnostic part de cette réponse."
            self.fields["niveau_formation"].help_text = self.fields["inscrit_france_travail"].help_text = dit
        self.enregistre = personne is not None and personne.nir_empreinte is not None
        if self.enregistre:
            self.fields["nir"].help_text = (
                f"Un numéro est enregistré. Un autre le remplace : {str(self.fields['nir'].help_text)[0].lower()}"
                f"{str(self.fields['nir'].help_text)[1:]}"
            )
        else:
            del self.fields["retirer_nir"]
        for nom in ("nom_naissance", "nom_usage", "prenoms"):
            self.fields[nom].widget.attrs["autocomplete"] = "off"

    def clean_nom_naissance(self) -> str:
        """Keep single spaces."""
        return self._texte("nom_naissance")

    def clean_nom_usage(self) -> str:
        """Keep single spaces."""
        return self._texte("nom_usage")

    def clean_prenoms(self) -> str:
        """Keep single spaces."""
        return self._texte("prenoms")

    def clean_inscrit_france_travail(self) -> bool | None:
        """Return yes, no or unknown."""
        return oui_non(self.cleaned_data["inscrit_france_travail"])

    @sensitive_variables()
    def clean(self) -> dict[str, Any]:
        """Check the NIR; the message never holds it."""
        propres: dict[str, Any] = super().clean() or self.cleaned_data
        propres["nir"] = propres.get("nir", "").strip() or self._descelle()
        if propres["nir"] and not nir_valide(propres["nir"]):
            propres["nir"] = ""
            self.add_error("nir", INVALIDE)
        return propres

    @sensitive_variables()
    def _descelle(self) -> str:
        """Return the NIR that travelled sealed, empty when there is none or when it was altered."""
        scelle = self.data.get("nir_scelle", "")
        try:
            return dechiffrer(base64.urlsafe_b64decode(scelle)) if scelle else ""
        except (Indechiffrable, binascii.Error, ValueError):
            return ""

    @property
    def scelle(self) -> str:
        """Return the NIR just typed, sealed for the next sending; empty when there is none."""
        nir = getattr(self, "cleaned_data", {}).get("nir", "")
        return base64.urlsafe_b64encode(chiffrer(nir)).decode() if nir else ""

    @property
    def valeurs(self) -> dict[str, Any]:
        """Return the fields of the identity, without the NIR."""
        return {c: self.cleaned_data[c] for c in IDENTITE}


class ContactsForm(_Modele):
    """How the person is reached."""

    class Meta:
        model = Personne
        fields = CONTACTS

    def __init__(self, *args: Any, personne: Personne | None = None, **kwargs: Any) -> None:
        """Show the contacts of `personne`."""
        if personne is not None:
            kwargs["initial"] = {c: getattr(personne, c) for c in CONTACTS}
        super().__init__(*args, **kwargs)
        self.fields["telephone"].widget.attrs |= {"inputmode": "tel", "autocomplete": "off"}

    def clean_telephone(self) -> str:
        """Accept any usual spelling; keep pairs of digits: « 01 60 12 34 56 »."""
        brut = str(self.cleaned_data["telephone"])
        chiffres = re.sub(r"[\s.\-()]", "", brut)
        if not chiffres:
            return ""
        if re.fullmatch(r"\+33\d{9}", chiffres):
            chiffres = f"0{chiffres[3:]}"
        if re.fullmatch(r"0\d{9}", chiffres):
            return " ".join(re.findall("..", chiffres))
        if re.fullmatch(r"\+\d{8,15}", chiffres):
            return chiffres
        raise forms.ValidationError(f"« {brut} » n’est pas un numéro : 10 chiffres, ou + et l’indicatif du pays.")

    def clean(self) -> dict[str, Any]:
        """Demand what the preferred channel needs."""
        propres: dict[str, Any] = super().clean() or self.cleaned_data
        if propres.get("canal") in ("telephone", "sms") and not propres.get("telephone") and not self.errors:
            self.add_error("telephone", "Le moyen préféré est le téléphone : indiquez un numéro.")
        if propres.get("canal") == "courriel" and not propres.get("courriel") and not self.errors:
            self.add_error("courriel", "Le moyen préféré est le courriel : indiquez une adresse.")
        return propres


class AdresseForm(forms.Form):
    """Where the person lives, from a day on. The commune is looked for as people write it."""

    lignes = forms.CharField(label="Adresse", max_length=200, required=False)
    complement = forms.CharField(label="Complément", max_length=120, required=False)
    code_postal = forms.CharField(
        label="Code postal", max_length=5, required=False, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    commune = forms.CharField(
        label="Commune", max_length=100, required=False,
        widget=forms.TextInput(attrs={
            "list": LISTE_COMMUNES, "autocomplete": "off", "hx-get": reverse_lazy("parcours:communes"),
            "hx-trigger": "input changed delay:250ms", "hx-target": f"#{LISTE_COMMUNES}", "hx-sync": "this:replace",
        }),
    )  # fmt: skip
    domiciliation = forms.BooleanField(label="Domiciliation administrative", required=False)
    debut = ChampDate(label="Depuis le")

    def __init__(self, *args: Any, adresse: Adresse | None = None, facultative: bool = False, **kwargs: Any) -> None:
        """Show `adresse` to correct it (its dates stay); `facultative`: nothing typed is no address."""
        if adresse is not None:
            kwargs["initial"] = {
                c: getattr(adresse, c) for c in ("lignes", "complement", "code_postal", "domiciliation")
            } | {"commune": libelle(adresse.commune) if adresse.commune else ""}  # fmt: skip
        super().__init__(*args, **kwargs)
        self.facultative, self.corrige = facultative, adresse
        self.initial.setdefault("debut", timezone.localdate())
        if adresse is not None:
            del self.fields["debut"]

    def clean_code_postal(self) -> str:
        """Demand five digits."""
        code = str(self.cleaned_data["code_postal"]).replace(" ", "")
        if code and not re.fullmatch(r"\d{5}", code):
            raise forms.ValidationError(f"« {code} » n’est pas un code postal : cinq chiffres attendus.")
        return code

    def clean(self) -> dict[str, Any]:
        """Find the commune, or say which ones are near."""
        propres: dict[str, Any] = super().clean() or self.cleaned_data
        texte = propres.get("commune", "").strip()
        commune, propres["commune"] = None, None
        if texte:
            commune, proches = resoudre(texte, propres.get("code_postal", ""))
            propres["commune"] = commune
            if commune is None:
                suite = f" Est-ce {', '.join(proches)} ?" if proches else " Vérifiez son orthographe."
                self.add_error("commune", f"Aucune commune ne s’appelle exactement « {texte} ».{suite}")
        elif not propres.get("code_postal") and not self.facultative:
            self.add_error("commune", "Indiquez la commune, ou au moins le code postal hors du Département.")
        if commune is not None and not propres.get("code_postal") and len(commune.codes_postaux) == 1:
            propres["code_postal"] = commune.codes_postaux[0]
        return propres

    @property
    def vide(self) -> bool:
        """Return whether nothing was typed but the date."""
        return not any(self.cleaned_data.get(c) for c in ("lignes", "complement", "code_postal", "commune"))

    def saisie(self) -> SaisieAdresse | None:
        """Return the address as the operations read it, None when nothing was typed."""
        if self.facultative and self.vide:
            return None
        propres = {"debut": timezone.localdate(), **self.cleaned_data}
        return SaisieAdresse(**propres)


class DecesForm(forms.Form):
    """The day of death, or nothing when it was recorded by mistake."""

    le = ChampDate(label="Date du décès", required=False)
