"""URLs: echanges."""

from django.urls import URLPattern, URLResolver, path

from offre.views import echanges

urlpatterns: list[URLPattern | URLResolver] = [
    path("echanges/", echanges.echanges, name="echanges"),
    path("echanges/qualite/", echanges.echanges_qualite, name="echanges_qualite"),
    path("echanges/qualite/export/", echanges.echanges_qualite_export, name="echanges_qualite_export"),
    path("echanges/jetons/creer/", echanges.jeton_creer, name="jeton_creer"),
    path("echanges/jetons/<int:pk>/revoquer/", echanges.jeton_revoquer, name="jeton_revoquer"),
]
