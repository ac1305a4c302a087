"""URLs: catalogue."""

from django.urls import URLPattern, URLResolver, path

from offre.views import catalogue, impression

urlpatterns: list[URLPattern | URLResolver] = [
    path("", catalogue.offres, name="offres"),
    path("export/", catalogue.offres_export, name="offres_export"),
    path("comparer/", catalogue.offres_comparer, name="offres_comparer"),
    path("imprimer/", impression.offres_imprimer, name="offres_imprimer"),
    path("<int:pk>/", catalogue.offre, name="offre"),
]
