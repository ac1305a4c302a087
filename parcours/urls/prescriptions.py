"""URLs: prescriptions."""

from django.urls import URLPattern, URLResolver, path

from parcours.views import prescriptions as vues

urlpatterns: list[URLPattern | URLResolver] = [
    path("prescriptions/", vues.prescriptions, name="prescriptions"),
    path("prescriptions/export/", vues.prescriptions_export, name="prescriptions_export"),
    path("prescriptions/<int:pk>/", vues.prescription, name="prescription"),
    path("prescriptions/<int:pk>/modifier/", vues.prescription_modifier, name="prescription_modifier"),
    path("prescriptions/<int:pk>/<slug:geste>/", vues.prescription_geste, name="prescription_geste"),
    path("personnes/<int:pk>/prescrire/action-libre/", vues.prescription_creer, name="prescription_libre"),
    path("personnes/<int:pk>/prescrire/<int:offre>/", vues.prescription_creer, name="prescription_creer"),
]
