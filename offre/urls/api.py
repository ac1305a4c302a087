"""URLs of the API, mounted under /api/v1/: no trailing slash, as its readers expect."""

from django.urls import URLPattern, URLResolver, path

from offre.views import api

app_name = "api"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", api.documentation, name="documentation"),
    path("openapi.json", api.openapi, name="openapi"),
    path("offres", api.offres, name="offres"),
    path("offres/<int:pk>", api.offre, name="offre"),
    path("structures", api.structures, name="structures"),
    path("sessions", api.sessions, name="sessions"),
    path("donnees-ouvertes", api.donnees_ouvertes_page, name="donnees_ouvertes"),
    path("offres.csv", api.donnees_csv, name="offres_csv"),
    path("offres.schema.json", api.table_schema, name="table_schema"),
    path("data-inclusion.json", api.data_inclusion_json, name="data_inclusion"),
    path("data-inclusion.xlsx", api.data_inclusion_xlsx, name="data_inclusion_xlsx"),
    path("<path:reste>", api.inconnue, name="inconnue"),
]
