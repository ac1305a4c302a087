"""URLs: offers that fit a person."""

from django.urls import URLPattern, URLResolver, path

from parcours.views import correspondances

urlpatterns: list[URLPattern | URLResolver] = [
    path("personnes/<int:pk>/offres/", correspondances.offres_adaptees, name="offres_adaptees"),
]
