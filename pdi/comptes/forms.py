"""Forms of accounts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest
from django.utils import timezone

from pdi.structures.models import Structure
from pdi.territoires.models import TerritoireAction

from .models import Densite, Role, Theme, Utilisateur


class ConnexionForm(AuthenticationForm):
    """Login by e-mail. A closed account, an unknown one and a wrong password get the same answer."""

    error_messages = {
        "invalid_login": "Cette adresse et ce mot de passe ne vont pas ensemble. Vérifiez les deux, puis recommencez.",
        "inactive": "Cette adresse et ce mot de passe ne vont pas ensemble. Vérifiez les deux, puis recommencez.",
    }

    def __init__(self, request: HttpRequest | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        champ = forms.EmailField(
            label="Adresse électronique", widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
        )
        champ.widget.attrs["maxlength"] = 254
        self.fields["username"] = champ
        self.order_fields(["username", "password"])

    def clean_username(self) -> str:
        """Ignore case and spaces around."""
        return str(self.cleaned_data["username"]).strip().lower()


class MotDePasseOublieForm(forms.Form):
    """Ask for a link by e-mail."""

    email = forms.EmailField(
        label="Adresse électronique", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


class PreferencesForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """Display and notices. The menu posts part of it: what it does not post stays as it is."""

    theme = forms.ChoiceField(label="Thème", choices=Theme, widget=forms.RadioSelect, required=False)
    densite = forms.ChoiceField(
        label="Hauteur des lignes des tableaux", choices=Densite, widget=forms.RadioSelect, required=False
    )
    complet = forms.BooleanField(required=False, initial=True, widget=forms.HiddenInput)

    class Meta:
        model = Utilisateur
        fields = ("theme", "densite", "avis_par_courriel")
        labels = {"avis_par_courriel": "Recevoir aussi les avis par courriel"}

    @property
    def valeurs(self) -> dict[str, Any]:
        """Return the preferences that were posted."""
        propres = {nom: v for nom, v in self.cleaned_data.items() if nom in {"theme", "densite"} and v}
        if self.cleaned_data["complet"]:
            propres["avis_par_courriel"] = self.cleaned_data["avis_par_courriel"]
        return propres


class UtilisateurForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """Identity and contact details of an account."""

    class Meta:
        model = Utilisateur
        fields = ("courriel", "prenom", "nom", "fonction", "telephone", "is_staff")
        labels = {"is_staff": "Peut modifier les référentiels (territoires, gabarits, cadres)"}
        help_texts = {
            "courriel": "Elle sert à se connecter. Un lien pour choisir le mot de passe y est envoyé.",
            "is_staff": "En plus du rôle d’administrateur.",
        }
        widgets = {"courriel": forms.EmailInput(attrs={"autocomplete": "off"})}

    def clean_courriel(self) -> str:
        """Write the address in lower case, as it is stored."""
        return str(self.cleaned_data["courriel"]).strip().lower()


class ChampDate(forms.DateField):
    """A date with the browser's own calendar."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class HabilitationForm(forms.Form):
    """A role, for a structure, on a territory, over a period."""

    role = forms.ChoiceField(label="Rôle", choices=[("", "Choisir un rôle"), *Role.choices])
    structure = forms.ModelChoiceField(
        Structure.objects.none(),
        label="Structure",
        required=False,
        empty_label="Toutes les structures",
        help_text="Exigée pour un pilote, un prestataire ou un partenaire signataire.",
    )
    territoire = forms.ModelChoiceField(
        TerritoireAction.objects.none(), label="Territoire", required=False, empty_label="Tout le département"
    )
    debut = ChampDate(label="À partir du", initial=timezone.localdate)
    fin = ChampDate(label="Jusqu’au", required=False, help_text="Dernier jour compris. Vide : sans date de fin.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["structure"].queryset = Structure.objects.actives()  # type: ignore[attr-defined]
        self.fields["territoire"].queryset = TerritoireAction.objects.filter(  # type: ignore[attr-defined]
            validite__contains=timezone.localdate()
        )
