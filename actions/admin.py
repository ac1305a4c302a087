"""Référentiels of the first storey: layouts of fiches, frameworks."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from pdi.socle.administration import ReferentielAdmin, RessourceReferentiel

from .models import CadreAction, GabaritFiche, SectionGabarit


class RessourceCadre(RessourceReferentiel):
    """A framework is recognised by its code."""

    class Meta:
        model = CadreAction
        fields = ("code", "libelle", "description")
        import_id_fields = ("code",)
        skip_unchanged = True


@admin.register(CadreAction)
class CadreActionAdmin(ReferentielAdmin):
    """Frameworks an action reports to."""

    resource_classes = (RessourceCadre,)
    list_display = ("code", "libelle", "description")
    search_fields = ("code", "libelle__unaccent")


class SectionInline(admin.TabularInline):  # type: ignore[type-arg]  # not generic at run time
    """The sections of a layout, in their order."""

    model = SectionGabarit
    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Follow the layout."""
        return True

    has_add_permission = has_view_permission
    has_change_permission = has_view_permission
    has_delete_permission = has_view_permission


class RessourceGabarit(RessourceReferentiel):
    """A layout is recognised by its name."""

    class Meta:
        model = GabaritFiche
        fields = ("nom", "description")
        import_id_fields = ("nom",)
        skip_unchanged = True


@admin.register(GabaritFiche)
class GabaritFicheAdmin(ReferentielAdmin):
    """Layouts of fiches."""

    resource_classes = (RessourceGabarit,)
    list_display = ("nom", "description")
    inlines = (SectionInline,)
