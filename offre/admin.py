"""Référentiel of the second storey: obstacles to insertion."""

from __future__ import annotations

from django.contrib import admin

from pdi.socle.administration import ReferentielAdmin, RessourceReferentiel

from .models import Frein


class RessourceFrein(RessourceReferentiel):
    """An obstacle is recognised by its code."""

    class Meta:
        model = Frein
        fields = ("code", "libelle", "restreint", "ordre")
        import_id_fields = ("code",)
        skip_unchanged = True


@admin.register(Frein)
class FreinAdmin(ReferentielAdmin):
    """Obstacles to insertion."""

    resource_classes = (RessourceFrein,)
    list_display = ("code", "libelle", "restreint", "ordre")
    list_filter = ("restreint",)
    search_fields = ("code", "libelle__unaccent")
