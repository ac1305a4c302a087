"""Forms of the report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from gouvernance.models import Deliberation, VersionRapport

if TYPE_CHECKING:
    FormulaireVersion = forms.ModelForm[VersionRapport]
    FormulaireDeliberation = forms.ModelForm[Deliberation]
else:
    FormulaireVersion = FormulaireDeliberation = forms.ModelForm


class IntituleForm(FormulaireVersion):
    """In which meeting the version was seen."""

    class Meta:
        model = VersionRapport
        fields = ["intitule"]
        labels = {"intitule": "Cette version a été vue en"}
        help_texts = {"intitule": "Par exemple : comité technique du 19 février."}


class PublicationForm(forms.Form):
    """The acknowledgement of what the report lacks."""

    compris = forms.BooleanField(
        label="J’ai lu les points ci-dessus. Je publie et je verrouille cette version.",
        error_messages={"required": "Cochez la case pour publier : une version publiée ne change plus."},
    )


class DeliberationForm(FormulaireDeliberation):
    """Number, date, rapporteur and vote; why, when the vote is older than the version."""

    reprise = forms.CharField(
        label="Reprise d’une délibération antérieure : pourquoi",
        required=False,
        max_length=250,
        help_text="Seulement si la séance a précédé la compilation de cette version. Le journal garde ce motif.",
    )

    class Meta:
        model = Deliberation
        fields = ["numero", "date", "rapporteur", "pour", "contre", "abstentions"]
        widgets = {"date": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
        labels = {
            "numero": "Numéro de la délibération",
            "date": "Date de la séance",
            "rapporteur": "Rapporteur",
            "pour": "Voix pour",
            "contre": "Voix contre",
            "abstentions": "Abstentions",
        }
        help_texts = {
            "numero": "Tel qu’il est porté au registre, par exemple 2026-03-0011.",
            "rapporteur": "La qualité suffit, par exemple « vice-présidence, insertion et emploi ».",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Let the operation judge the date and the number against the other deliberations."""
        super().__init__(*args, **kwargs)
        for nom in ("contre", "abstentions"):
            self.fields[nom].initial = 0
