"""Référentiel of the second storey: obstacles to insertion."""

from __future__ import annotations

from django.contrib import admin

from pdi.socle.administration import ReferentielAdmin, RessourceReferentiel

from .models import Frein, TypeRealisation


class RessourceFrein(RessourceReferentiel):
    """An obstacle is recognised by its code."""

    class Meta:
        model = Frein
        fields = ("code", "libelle", "restreint", "ordre")
        import_id_fields = ("code",)
        skip_unchanged = True


class RessourceTypeRealisation(RessourceReferentiel):
    """A kind is recognised by its code."""

    class Meta:
        model = TypeRealisation
        fields = ("code", "libelle", "description", "ordre", "actif")
        import_id_fields = ("code",)
        skip_unchanged = True


@admin.register(Frein)
class FreinAdmin(ReferentielAdmin):
    """Obstacles to insertion."""

    resource_classes = (RessourceFrein,)
    list_display = ("code", "libelle", "restreint", "ordre")
    list_filter = ("restreint",)
    search_fields = ("code", "libelle__unaccent")


@admin.register(TypeRealisation)
class TypeRealisationAdmin(ReferentielAdmin):
    """Kinds of realisation: what each measures."""

    resource_classes = (RessourceTypeRealisation,)
    list_display = ("code", "libelle", "ordre", "actif")
    list_filter = ("actif",)
    search_fields = ("code", "libelle__unaccent")
