"""URLs: saisie."""

from django.urls import URLPattern, URLResolver, path

from parcours.views import saisie as vues

urlpatterns: list[URLPattern | URLResolver] = [
    path("personnes/<int:pk>/entretien/", vues.saisie_ouvrir, name="saisie_ouvrir"),
    path("entretiens/<int:pk>/saisie/", vues.saisie, name="saisie"),
    path("entretiens/<int:pk>/saisie/brouillon/", vues.saisie_brouillon, name="saisie_brouillon"),
]
