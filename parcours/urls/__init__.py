"""URLs of the third storey, one module per screen family."""

from django.urls import URLPattern, URLResolver

from . import contrats, files, imports, orientation, personnes, prescriptions, statistiques

app_name = "parcours"
urlpatterns: list[URLPattern | URLResolver] = [
    *orientation.urlpatterns,
    *contrats.urlpatterns,
    *prescriptions.urlpatterns,
    *files.urlpatterns,
    *statistiques.urlpatterns,
    *imports.urlpatterns,
    *personnes.urlpatterns,
]
