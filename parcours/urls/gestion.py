"""URLs: steering of the offer."""

from django.urls import URLPattern, URLResolver, path

from parcours.views import gestion

urlpatterns: list[URLPattern | URLResolver] = [
    path("gestion/", gestion.gestion_offre, name="gestion_offre"),
    path("gestion/export/", gestion.gestion_offre_export, name="gestion_offre_export"),
]
