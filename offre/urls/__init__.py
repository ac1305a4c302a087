"""URLs of the second storey, one module per screen family; those of the API (`api`) are mounted apart."""

from django.urls import URLPattern, URLResolver

from . import (
    bilans,
    carte,
    catalogue,
    conventions,
    echanges,
    edition,
    public,
    realisations,
    recherches,
    sessions,
)

app_name = "offre"
urlpatterns: list[URLPattern | URLResolver] = [
    *sessions.urlpatterns,
    *conventions.urlpatterns,
    *bilans.urlpatterns,
    *realisations.urlpatterns,
    *carte.urlpatterns,
    *recherches.urlpatterns,
    *public.urlpatterns,
    *echanges.urlpatterns,
    *edition.urlpatterns,
    *catalogue.urlpatterns,
]
