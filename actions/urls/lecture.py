"""URLs: reading of programmes, fiches and indicators."""

from django.urls import URLPattern, URLResolver, path

from actions.views import fiches, indicateurs, programmes, versions

urlpatterns: list[URLPattern | URLResolver] = [
    path("programmes/", programmes.programmes, name="programmes"),
    path("programmes/<slug:code>/", programmes.programme, name="programme"),
    path("programmes/<slug:code>/export/", programmes.programme_export, name="programme_export"),
    path("fiches/", fiches.fiches, name="fiches"),
    path("fiches/export/", fiches.fiches_export, name="fiches_export"),
    path("fiches/<int:pk>/", fiches.fiche, name="fiche"),
    path("fiches/<int:pk>/historique/", fiches.fiche_historique, name="fiche_historique"),
    path("fiches/<int:pk>/historique/export/", fiches.fiche_historique_export, name="fiche_historique_export"),
    path("fiches/<int:pk>/versions/", versions.fiche_versions, name="fiche_versions"),
    path("pieces/<int:pk>/", fiches.piece, name="piece"),
    path("indicateurs/", indicateurs.indicateurs, name="indicateurs"),
    path("indicateurs/export/", indicateurs.indicateurs_export, name="indicateurs_export"),
    path("indicateurs/<int:pk>/", indicateurs.indicateur, name="indicateur"),
]
