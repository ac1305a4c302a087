"""URLs of the files that may be those of one person."""

from django.urls import path

from parcours.views import doublons as vues

urlpatterns = [
    path("doublons/", vues.doublons, name="doublons"),
    path("doublons/export/", vues.doublons_export, name="doublons_export"),
    path("doublons/<int:une>/<int:autre>/", vues.doublon, name="doublon"),
]
