"""URLs: the map."""

from django.urls import URLPattern, URLResolver, path

from offre.views import carte

urlpatterns: list[URLPattern | URLResolver] = [
    path("carte/", carte.carte, name="carte"),
    path("carte/fond.geojson", carte.carte_fond, name="carte_fond"),
]
