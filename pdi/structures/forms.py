"""Forms of structures, contacts, other names, merge."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from .models import Contact, NomAlternatif, Structure
from .regles import siret_valide


def dire_faute_siret(siret: str) -> str:
    """Return what is wrong with a SIRET already stripped of its spaces, empty when nothing is."""
    if not siret:
        return ""
    if not siret.isdecimal():
        return f"« {siret} » contient autre chose que des chiffres. Un SIRET s’écrit avec 14 chiffres."
    if len(siret) == 9:
        return "Ces 9 chiffres sont un SIREN : ajoutez les 5 chiffres de l’établissement pour faire un SIRET."
    if len(siret) != 14:
        return f"Un SIRET compte 14 chiffres, celui-ci en compte {len(siret)}."
    if not siret_valide(siret):
        return "La clé de contrôle de ce SIRET ne va pas : un chiffre est sans doute faux ou interverti."
    return ""


class StructureForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """An organism or a service."""

    siret = forms.CharField(
        label="SIRET",
        required=False,
        max_length=20,
        help_text="14 chiffres ; les espaces sont ignorés.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    site = forms.URLField(label="Site internet", required=False, assume_scheme="https")

    class Meta:
        model = Structure
        fields = (
            "nom", "sigle", "nature", "parent", "departement", "siret", "description", "adresse", "telephone",
            "courriel", "site", "active",
        )  # fmt: skip
        help_texts = {
            "parent": "Un service est rattaché à sa direction, une direction à son organisme.",
            "departement": "Vide pour un organisme national.",
        }
        labels = {"departement": "Département", "active": "Structure en activité"}
        widgets = {"description": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        possibles = Structure.objects.select_related("parent").order_by("nom", "pk")
        if self.instance.pk:
            possibles = possibles.exclude(pk=self.instance.pk)
        self.fields["parent"].queryset = possibles  # type: ignore[attr-defined]
        self.fields["parent"].empty_label = "Aucune : organisme principal"  # type: ignore[attr-defined]
        self.fields["departement"].empty_label = "Organisme national"  # type: ignore[attr-defined]

    def clean_nom(self) -> str:
        """Keep single spaces."""
        return " ".join(str(self.cleaned_data["nom"]).split())

    def clean_siret(self) -> str:
        """Drop spaces, then say exactly what is wrong."""
        siret = re.sub(r"\s", "", str(self.cleaned_data["siret"]))
        faute = dire_faute_siret(siret)
        if faute:
            raise forms.ValidationError(faute)
        autre = Structure.objects.filter(siret=siret).exclude(pk=self.instance.pk).first() if siret else None
        if autre is not None:
            raise forms.ValidationError(f"« {autre} » porte déjà ce SIRET. Est-ce la même structure ?")
        return siret

    def validate_constraints(self) -> None:
        """Leave constraints to the operation, whose sentences name the field."""


class ContactForm(forms.ModelForm):  # type: ignore[type-arg]
    """Someone, or a desk, to reach."""

    class Meta:
        model = Contact
        fields = ("nom", "fonction", "courriel", "telephone", "principal")
        help_texts = {"nom": "Coordonnées professionnelles seulement : elles sont lues par tous les comptes."}

    def clean(self) -> dict[str, Any]:
        """Demand a way to reach the contact."""
        propres = super().clean() or self.cleaned_data
        if not propres.get("courriel") and not propres.get("telephone"):
            self.add_error("telephone", "Indiquez un téléphone ou un courriel : il faut pouvoir joindre ce contact.")
        return propres


class NomAlternatifForm(forms.ModelForm):  # type: ignore[type-arg]
    """Another spelling found in documents."""

    class Meta:
        model = NomAlternatif
        fields = ("nom",)
        labels = {"nom": "Autre nom, tel qu’un document l’écrit"}


class ChampStructureSituee(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A structure among its namesakes: its département is said."""

    def label_from_instance(self, obj: Structure) -> str:
        """Return the name and the département."""
        return f"{obj}, {obj.departement or 'national'}"


class FusionForm(forms.Form):
    """Choose the structure that absorbs this one."""

    garder = ChampStructureSituee(
        Structure.objects.none(), label="Structure à garder", empty_label="Choisir la structure qui reste"
    )

    def __init__(self, *args: Any, absorber: Structure, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["garder"].queryset = Structure.objects.exclude(pk=absorber.pk).select_related("departement")  # type: ignore[attr-defined]
