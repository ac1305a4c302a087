"""URLs: personnes."""

from django.urls import URLPattern, URLResolver, path

from parcours.views import personnes as vues

urlpatterns: list[URLPattern | URLResolver] = [
    path("personnes/", vues.personnes, name="personnes"),
    path("personnes/export/", vues.personnes_export, name="personnes_export"),
    path("personnes/<int:pk>/", vues.personne, name="personne"),
    path("personnes/<int:pk>/acces/", vues.personne_acces, name="personne_acces"),
]
