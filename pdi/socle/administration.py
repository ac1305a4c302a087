"""Screens of référentiels, built on Django's admin: lists that change once a year, imported and exported as tables."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.dateparse import parse_date
from import_export import fields, resources, widgets
from import_export.admin import ImportExportModelAdmin

from .operations import etat_de, journaliser
from .querysets import ADMINISTRATEUR


def administre_les_referentiels(utilisateur: Any) -> bool:
    """Return whether the user opens these screens: the staff mark and the role of administrator, both."""
    return bool(
        utilisateur.is_active
        and utilisateur.is_staff
        and (utilisateur.is_superuser or utilisateur.a_role(ADMINISTRATEUR))
    )


def _borne(texte: str, entiere: Any) -> datetime.date | None:
    """Read a bound, None when it is empty: a date that cannot be read must not open the period for ever."""
    try:
        lue = parse_date(texte)
    except ValueError:  # well written, but there is no such day
        lue = None
    if texte and lue is None:
        raise ValueError(f"« {entiere} » : « {texte} » n’est pas une date. Attendu : année-mois-jour, 2024-01-31.")
    return lue


class PeriodeWidget(widgets.Widget):  # type: ignore[misc]
    """A half-open range of dates as « 2024-01-01/2026-01-01 »; a missing bound is left empty."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> DateRange | None:  # noqa: ARG002
        """Read the cell. Raises ValueError, shown beside the line, when it cannot be read."""
        if not value:
            return None
        debut, separateur, fin = str(value).partition("/")
        if not separateur:
            raise ValueError(f"« {value} » : une période s’écrit 2024-01-01/2026-01-01 (fin non comprise).")
        bornes = _borne(debut.strip(), value), _borne(fin.strip(), value)
        if bornes[0] and bornes[1] and bornes[1] <= bornes[0]:
            raise ValueError(f"« {value} » : la fin, non comprise, doit suivre le début.")
        return DateRange(*bornes)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:  # noqa: ARG002
        """Write the cell."""
        if value is None:
            return ""
        return f"{value.lower or ''}/{value.upper or ''}"


class RessourceReferentiel(resources.ModelResource):  # type: ignore[misc]
    """Import and export of one table; every imported row is journalised."""

    @classmethod
    def field_from_django_field(cls, field_name: str, django_field: Any, readonly: bool) -> Any:
        """Write periods in words."""
        if isinstance(django_field, DateRangeField):
            return fields.Field(attribute=field_name, column_name=field_name, widget=PeriodeWidget(), readonly=readonly)
        return super().field_from_django_field(field_name, django_field, readonly)

    def after_save_instance(self, instance: models.Model, row: Any, **kwargs: Any) -> None:  # noqa: ARG002
        """Journalise."""
        if not kwargs.get("dry_run"):
            journaliser(par=kwargs.get("user"), verbe="import", objet=instance)


class ReferentielAdmin(ImportExportModelAdmin):  # type: ignore[misc]
    """A référentiel: administrators only, every write journalised."""

    list_per_page = 50
    show_full_result_count = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show it to administrators."""
        return administre_les_referentiels(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Administrators read."""
        return administre_les_referentiels(request.user)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Administrators add."""
        return administre_les_referentiels(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Administrators change."""
        return administre_les_referentiels(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Administrators delete what nothing refers to."""
        return administre_les_referentiels(request.user)

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Administrators import."""
        return administre_les_referentiels(request.user)

    def has_export_permission(self, request: HttpRequest) -> bool:
        """Administrators export."""
        return administre_les_referentiels(request.user)

    def save_model(self, request: HttpRequest, obj: models.Model, form: ModelForm[Any], change: bool) -> None:
        """Save, then journalise what changed."""
        suivis = [nom for nom in form.changed_data if nom in {f.name for f in obj._meta.concrete_fields}]
        avant = etat_de(type(obj)._default_manager.get(pk=obj.pk), suivis) if change else {}
        super().save_model(request, obj, form, change)
        apres = etat_de(obj, suivis)
        journaliser(
            par=request.user, verbe="modification" if change else "création", objet=obj, avant=avant, apres=apres
        )

    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        """Journalise, then delete."""
        journaliser(par=request.user, verbe="suppression", objet=obj)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        """Delete one by one, so that each is journalised."""
        for obj in queryset:
            self.delete_model(request, obj)
