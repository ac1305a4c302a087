"""URLs: offers that fit a person."""

from django.urls import URLPattern, URLResolver, path

from parcours.views import correspondances

urlpatterns: list[URLPattern | URLResolver] = [
    path("personnes/<int:pk>/prescrire/", correspondances.prescription_choisir, name="prescription_choisir"),
]
