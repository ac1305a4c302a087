"""Forms of imports: deposit a file, tell its columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.html import format_html

from pdi.socle.formats import taille_fichier, typographier
from pdi.socle.imports.declarations import Genre, Option
from pdi.socle.models import CorrespondanceImport, LotImport


class DepotForm(forms.Form):
    """A file, what it is about, where it comes from."""

    genre = forms.ChoiceField(label="Ce que contient le fichier", widget=forms.RadioSelect)
    fichier = forms.FileField(label="Fichier", allow_empty_file=True)
    source = forms.CharField(
        label="Provenance", required=False, max_length=80,
        help_text="Par exemple « Logiciel métier » ou « Mission locale » : ses titres de colonnes seront retenus.",
        widget=forms.TextInput(attrs={"list": "provenances", "autocomplete": "off"}),
    )  # fmt: skip
    options = forms.MultipleChoiceField(
        label="Ce que l’import peut faire d’autre", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, genres: Sequence[Genre], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._genres = {g.code: g for g in genres}
        self.fields["genre"].choices = [(g.code, g.titre) for g in genres]  # type: ignore[attr-defined]
        uniques: dict[str, Option] = {o.code: o for g in genres for o in g.options}
        pour = {code: ", ".join(g.plusieurs for g in genres if code in {o.code for o in g.options}) for code in uniques}
        self.fields["options"].choices = [  # type: ignore[attr-defined]
            (o.code, format_html('{} ({})<span class="sous">{}</span>', o.titre, pour[o.code], typographier(o.aide)))
            for o in uniques.values()
        ]
        types = ", ".join(settings.TYPES_IMPORT)
        self.fields["fichier"].help_text = f"{types} ; {taille_fichier(settings.TAILLE_MAX_IMPORT)} au plus."
        accept = ",".join(f".{t}" for t in settings.TYPES_IMPORT)
        self.fields["fichier"].widget.attrs["accept"] = accept
        connues = CorrespondanceImport.objects.filter(genre__in=list(self._genres))
        self.provenances = list(connues.values_list("source", flat=True).distinct().order_by("source"))

    def clean_genre(self) -> Genre:
        """Return the kind itself."""
        return self._genres[self.cleaned_data["genre"]]


class ColonnesForm(forms.Form):
    """For each column of the kind, the header of the file that it is."""

    def __init__(self, *args: Any, lot: LotImport, genre: Genre, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        entetes = [(str(i), e) for i, e in enumerate(lot.entetes) if e]
        for champ in genre.champs:
            self.fields[champ.code] = forms.TypedChoiceField(
                label=champ.titre, choices=[("", "Aucune"), *entetes], coerce=int, empty_value=None,
                required=champ.requis, initial=lot.correspondance.get(champ.code, ""),
                help_text=champ.aide or f"Accepté : {champ.accepte}.",
                error_messages={"required": f"« {champ.titre} » est obligatoire : dites quelle colonne c’est."},
            )  # fmt: skip

    @property
    def correspondance(self) -> dict[str, int]:
        """Return the rank of the header of each column that has one."""
        return {code: rang for code, rang in self.cleaned_data.items() if rang is not None}
