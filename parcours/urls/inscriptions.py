"""URLs: inscriptions."""

from django.urls import URLPattern, URLResolver, path

from parcours.views import inscriptions as vues

urlpatterns: list[URLPattern | URLResolver] = [
    path("prescriptions/<int:pk>/inscrire/", vues.inscription_choisir, name="inscription_choisir"),
    path("sessions/<int:pk>/inscrits/", vues.session_inscrits, name="session_inscrits"),
    path("sessions/<int:pk>/inscrits/export/", vues.session_inscrits_export, name="session_inscrits_export"),
    path("sessions/<int:pk>/emargement/", vues.session_emargement, name="session_emargement"),
    path("inscriptions/<int:pk>/<slug:geste>/", vues.inscription_geste, name="inscription_geste"),
]
