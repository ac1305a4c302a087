"""Référentiels of territories. Communes and EPCI come from the official package: they are read, not written here."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from pdi.socle.administration import ReferentielAdmin, RessourceReferentiel

from .models import Commune, CommuneTerritoire, Departement, Epci, TerritoireAction


class OfficielAdmin(ReferentielAdmin):
    """Official geography: read-only."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Nobody adds a commune by hand."""
        return False

    has_change_permission = has_add_permission
    has_delete_permission = has_add_permission

    def has_import_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Loaded by `manage.py charger_territoires`."""
        return False


@admin.register(Departement)
class DepartementAdmin(OfficielAdmin):
    """Départements."""

    list_display = ("code", "nom")


@admin.register(Epci)
class EpciAdmin(OfficielAdmin):
    """Intercommunalités."""

    list_display = ("code", "nom", "nature")
    search_fields = ("code", "nom__unaccent")


@admin.register(Commune)
class CommuneAdmin(OfficielAdmin):
    """Communes."""

    list_display = ("code", "nom", "departement", "epci")
    list_filter = ("departement",)
    list_select_related = ("departement", "epci")
    search_fields = ("code", "nom__unaccent")


class RessourceTerritoire(RessourceReferentiel):
    """A territory is recognised by its département and code."""

    class Meta:
        model = TerritoireAction
        fields = ("departement", "nature", "code", "nom", "validite", "source")
        import_id_fields = ("departement", "code")
        skip_unchanged = True


class RattachementInline(admin.TabularInline):  # type: ignore[type-arg]  # not generic at run time
    """The communes of a territory, with their dates."""

    model = CommuneTerritoire
    autocomplete_fields = ("commune",)
    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Follow the territory."""
        return True

    has_add_permission = has_view_permission
    has_change_permission = has_view_permission
    has_delete_permission = has_view_permission


@admin.register(TerritoireAction)
class TerritoireActionAdmin(ReferentielAdmin):
    """Action territories (TAD, MSD, CTI…)."""

    resource_classes = (RessourceTerritoire,)
    list_display = ("nom", "nature", "departement", "validite", "demonstration")
    list_filter = ("departement", "nature")
    list_select_related = ("departement",)
    search_fields = ("code", "nom__unaccent")
    inlines = (RattachementInline,)
