"""URLs of the offer."""

from django.urls import URLPattern, URLResolver, path

from .views import catalogue

app_name = "offre"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", catalogue.offres, name="offres"),
    path("export/", catalogue.offres_export, name="offres_export"),
    path("<int:pk>/", catalogue.offre, name="offre"),
]
