"""Forms: a field with its label, help, error above the control and counter; the summary of errors."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms.boundfield import BoundField, BoundWidget
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from . import register, rendre

_CASES = (forms.CheckboxInput,)
_GROUPES = (forms.RadioSelect, forms.CheckboxSelectMultiple)
_LISTES = (forms.Select, forms.SelectMultiple)


def _classe(widget: forms.Widget) -> str:
    if isinstance(widget, (*_CASES, *_GROUPES)):
        return "form-check-input"
    if isinstance(widget, _LISTES):
        return "form-select"
    return "form-control"


def _attributs(champ: BoundField, decrit: str) -> dict[str, Any]:
    widget = champ.field.widget
    classes = f"{_classe(widget)} {widget.attrs.get('class', '')}".strip()
    attributs: dict[str, Any] = {"class": classes}
    if decrit:
        attributs["aria-describedby"] = decrit
    if champ.errors:
        attributs["aria-invalid"] = "true"
    return attributs


@register.simple_tag
def controle(champ: BoundField) -> SafeString:
    """`{% controle form.titre %}` the control alone, with the classes of the charter (inside a filter bar, a table)."""
    return champ.as_widget(attrs=_attributs(champ, ""))


def _options(champ: BoundField, attributs: dict[str, Any]) -> list[BoundWidget]:
    """Return each radio button or box of a group, with the classes of the charter."""
    widget = champ.field.widget
    donnees = widget.subwidgets(champ.html_name, champ.value(), {**attributs, "id": champ.auto_id})
    return [BoundWidget(widget, d, champ.form.renderer) for d in donnees]


def est_case(champ: BoundField) -> bool:
    """Return whether the field is one box to tick."""
    return isinstance(champ.field.widget, _CASES)


def _se_dit_facultatif(champ: BoundField) -> bool:
    """Return whether the field may be left empty, unless its empty choice is an answer (`toujours_dit`)."""
    return not (champ.field.required or est_case(champ) or getattr(champ.field, "toujours_dit", False))


@register.simple_tag
def champ(champ: BoundField, aide: str = "", mots: int = 0, facultatif: bool | None = None) -> SafeString:
    """`{% champ form.bilan mots=500 %}` label, help, error above the control, then the control.

    `mots` adds a live word counter with its ceiling; a field that is not required says « facultatif », unless
    `facultatif=False`. Radio buttons and groups of boxes become a fieldset.
    """
    widget = champ.field.widget
    ident = champ.auto_id or champ.html_name
    aide = str(aide or champ.help_text or "")
    decrit = " ".join(
        suffixe
        for suffixe, present in (
            (f"{ident}_faute", bool(champ.errors)),
            (f"{ident}_aide", bool(aide)),
            (f"{ident}_compteur", bool(mots)),
        )
        if present
    )
    attributs = _attributs(champ, decrit)
    groupe = isinstance(widget, _GROUPES)
    if groupe:
        attributs.pop("aria-describedby", None)
    if mots:
        attributs["data-mots"] = str(mots)
    return rendre(
        "champ",
        {
            "champ": champ,
            "ident": ident,
            "aide": aide,
            "mots": mots,
            "nombre_mots": len(str(champ.value() or "").split()),
            "groupe": groupe,
            "case": est_case(champ),
            "cache": champ.is_hidden,
            "decrit": decrit,
            "facultatif": _se_dit_facultatif(champ) if facultatif is None else facultatif,
            "controle": SafeString("") if groupe else champ.as_widget(attrs=attributs),
            "options": _options(champ, attributs) if groupe else [],
        },
    )


@register.simple_tag
def champs(formulaire: forms.BaseForm, *noms: str) -> SafeString:
    """`{% champs form %}` every field of a form, or `{% champs form "titre" "debut" %}` those named, in order."""
    return format_html_join("", "{}", ((champ(formulaire[nom]),) for nom in (noms or tuple(formulaire.fields))))


@register.simple_tag
def erreurs(*formulaires: forms.BaseForm) -> SafeString:
    """`{% erreurs form %}` the summary at the head of a form: how many fields, each a link to its field.

    Several forms may be given. Nothing is shown when there is no error.
    """
    lignes: list[dict[str, str]] = []
    generales: list[str] = []
    for formulaire in formulaires:
        generales += [str(e) for e in formulaire.non_field_errors()]
        for nom in formulaire.errors:
            if nom == NON_FIELD_ERRORS:
                continue
            fautif = formulaire[nom]
            ident = fautif.id_for_label or fautif.auto_id
            if fautif.is_hidden:
                generales += [str(e) for e in fautif.errors]
                continue
            lignes.append({"ancre": ident, "libelle": str(fautif.label), "message": str(fautif.errors[0])})
    if not lignes and not generales:
        return SafeString("")
    return rendre("erreurs", {"lignes": lignes, "generales": generales})
