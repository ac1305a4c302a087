"""Référentiels of the third storey. People and their files are never here: they have their screens and their log."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from pdi.socle.administration import ReferentielAdmin, RessourceReferentiel

from .models import (
    EnveloppeAide,
    GrilleDiagnostic,
    JeuRegles,
    ModeleCourrier,
    Motif,
    ObjectifReferentiel,
    ReferentielSortie,
    RegimeJuridique,
    ReglementAide,
    RegleOrientation,
    SituationTheme,
    ThemeDiagnostic,
    TypeSortie,
)


class LignesInline(admin.TabularInline):  # type: ignore[type-arg]  # not generic at run time
    """Rows of a référentiel: whoever opens it may change them."""

    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Follow the parent."""
        return True

    has_add_permission = has_view_permission
    has_change_permission = has_view_permission
    has_delete_permission = has_view_permission


class ThemeInline(LignesInline):
    """Themes of a grid."""

    model = ThemeDiagnostic
    show_change_link = True


class SituationInline(LignesInline):
    """Possible answers of a theme."""

    model = SituationTheme


class RegleInline(LignesInline):
    """Rules of a set, in order."""

    model = RegleOrientation


class TypeSortieInline(LignesInline):
    """Types of exit."""

    model = TypeSortie


class EnveloppeInline(LignesInline):
    """Envelopes of a règlement; what is consumed follows the grants."""

    model = EnveloppeAide
    readonly_fields = ("consomme", "demonstration")


def ressource(modele: type[Model], champs: tuple[str, ...], *cles: str) -> type[RessourceReferentiel]:
    """Return the import and export of a table, recognised by its key."""
    meta = type(
        "Meta", (), {"model": modele, "fields": champs, "import_id_fields": cles, "skip_unchanged": True}
    )  # fmt: skip
    return type(f"Ressource{modele.__name__}", (RessourceReferentiel,), {"Meta": meta})


@admin.register(RegimeJuridique)
class RegimeAdmin(ReferentielAdmin):
    """Legal regimes."""

    resource_classes = (
        ressource(RegimeJuridique, ("code", "intitule", "validite", "parametres", "source"), "code"),
    )  # fmt: skip
    list_display = ("code", "intitule", "validite")


@admin.register(Motif)
class MotifAdmin(ReferentielAdmin):
    """Reasons."""

    resource_classes = (ressource(Motif, ("nature", "code", "libelle", "validite", "ordre"), "nature", "code"),)
    list_display = ("nature", "code", "libelle", "validite", "ordre")
    list_filter = ("nature",)
    search_fields = ("code", "libelle__unaccent")


@admin.register(GrilleDiagnostic)
class GrilleAdmin(ReferentielAdmin):
    """Grids of diagnosis."""

    resource_classes = (
        ressource(GrilleDiagnostic, ("code", "version", "intitule", "validite"), "code", "version"),
    )  # fmt: skip
    list_display = ("code", "version", "intitule", "validite")
    inlines = (ThemeInline,)


@admin.register(ThemeDiagnostic)
class ThemeAdmin(ReferentielAdmin):
    """Themes of a grid and their situations."""

    resource_classes = (
        ressource(
            ThemeDiagnostic,
            ("grille", "code", "libelle", "question", "restreint", "entree", "ordre"),
            "grille",
            "code",
        ),
    )
    list_display = ("grille", "code", "libelle", "restreint", "entree", "ordre")
    list_filter = ("grille", "restreint", "entree")
    list_select_related = ("grille",)
    search_fields = ("code", "libelle__unaccent")
    inlines = (SituationInline,)


@admin.register(ObjectifReferentiel)
class ObjectifAdmin(ReferentielAdmin):
    """Objectives tied to the obstacles they lift."""

    resource_classes = (ressource(ObjectifReferentiel, ("code", "libelle", "freins", "actif"), "code"),)
    list_display = ("code", "libelle", "actif")
    list_filter = ("actif", "freins")
    search_fields = ("code", "libelle__unaccent")
    filter_horizontal = ("freins",)


@admin.register(JeuRegles)
class JeuReglesAdmin(ReferentielAdmin):
    """Sets of orientation rules."""

    resource_classes = (
        ressource(
            JeuRegles, ("code", "version", "intitule", "applique_des", "jusqu_au", "source"), "code", "version"
        ),
    )  # fmt: skip
    list_display = ("code", "version", "intitule", "applique_des", "jusqu_au")
    inlines = (RegleInline,)


@admin.register(ReglementAide)
class ReglementAdmin(ReferentielAdmin):
    """Règlements of aids and their envelopes."""

    resource_classes = (
        ressource(
            ReglementAide, ("code", "intitule", "validite", "composantes", "regles", "source"), "code", "validite"
        ),
    )  # fmt: skip
    list_display = ("code", "intitule", "validite")
    inlines = (EnveloppeInline,)


@admin.register(ModeleCourrier)
class ModeleCourrierAdmin(ReferentielAdmin):
    """Models of letters, by version."""

    resource_classes = (
        ressource(
            ModeleCourrier,
            ("code", "version", "nature", "intitule", "objet", "corps", "pages_max", "validite"),
            "code",
            "version",
        ),
    )
    list_display = ("code", "version", "nature", "intitule", "validite")
    list_filter = ("nature",)


@admin.register(ReferentielSortie)
class ReferentielSortieAdmin(ReferentielAdmin):
    """Typologies of exits."""

    resource_classes = (
        ressource(
            ReferentielSortie,
            ("code", "version", "intitule", "validite", "duree_min_jours", "source"),
            "code",
            "version",
        ),
    )
    list_display = ("code", "version", "intitule", "validite", "duree_min_jours")
    inlines = (TypeSortieInline,)
