"""URLs: files."""

from django.urls import URLPattern, URLResolver, path

from parcours.views import controles
from parcours.views import files as vues

urlpatterns: list[URLPattern | URLResolver] = [
    path("files/", vues.files, name="files"),
    path("files/<slug:code>/", vues.file, name="file"),
    path("files/<slug:code>/export/", vues.file_export, name="file_export"),
    path("files/<slug:code>/traiter/", vues.file_traiter, name="file_traiter"),
    path("controles/", controles.controles, name="controles"),
    path("controles/<slug:code>/", controles.controle, name="controle"),
    path("controles/<slug:code>/export/", controles.controle_export, name="controle_export"),
]
