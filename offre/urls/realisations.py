"""URLs: realisations."""

from django.urls import URLPattern, URLResolver, path

from offre.views import realisations

urlpatterns: list[URLPattern | URLResolver] = [
    path("realisations/", realisations.realisations, name="realisations"),
    path("realisations/export/", realisations.realisations_export, name="realisations_export"),
    path("realisations/saisir/", realisations.realisation_choisir, name="realisation_choisir"),
    path("realisations/saisir/<slug:code>/", realisations.RealisationNouvelle.as_view(), name="realisation_nouvelle"),
    path("realisations/<int:pk>/", realisations.realisation, name="realisation"),
    path("realisations/<int:pk>/modifier/", realisations.RealisationModifier.as_view(), name="realisation_modifier"),
    path("realisations/<int:pk>/supprimer/", realisations.RealisationSupprimer.as_view(), name="realisation_supprimer"),
]
