"""URLs: catalogue."""

from django.urls import URLPattern, URLResolver, path

from offre.views import catalogue

urlpatterns: list[URLPattern | URLResolver] = [
    path("", catalogue.offres, name="offres"),
    path("export/", catalogue.offres_export, name="offres_export"),
    path("<int:pk>/", catalogue.offre, name="offre"),
]
