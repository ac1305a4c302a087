"""URLs of the retention of files."""

from django.urls import path

from parcours.views import conservation as vues

urlpatterns = [
    path("conservation/", vues.conservation, name="conservation"),
    path("conservation/export/", vues.conservation_export, name="conservation_export"),
    path("conservation/<int:pk>/", vues.conserver, name="conserver"),
]
