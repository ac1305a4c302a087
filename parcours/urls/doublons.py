"""URLs of the files that may be those of one person."""

from django.urls import path

from parcours.views import doublons as vues
from parcours.views import fusions

urlpatterns = [
    path("doublons/", vues.doublons, name="doublons"),
    path("doublons/export/", vues.doublons_export, name="doublons_export"),
    path("doublons/fusions/", fusions.fusions, name="fusions"),
    path("doublons/fusions/<int:pk>/separer/", fusions.fusion_separer, name="fusion_separer"),
    path("doublons/<int:une>/<int:autre>/", vues.doublon, name="doublon"),
]
