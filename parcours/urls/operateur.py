"""URLs: the space of an operator."""

from django.urls import URLPattern, URLResolver, path

from parcours.views import operateur as vues

urlpatterns: list[URLPattern | URLResolver] = [
    path("mon-espace/", vues.espace, name="espace"),
]
