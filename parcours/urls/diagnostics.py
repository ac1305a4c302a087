"""URLs: diagnostics."""

from django.urls import URLPattern, URLResolver, path

from parcours.views import diagnostics as vues

urlpatterns: list[URLPattern | URLResolver] = [
    path("personnes/<int:pk>/diagnostics/nouveau/", vues.diagnostic_nouveau, name="diagnostic_nouveau"),
    path("personnes/<int:pk>/diagnostics/comparer/", vues.diagnostics_comparer, name="diagnostics_comparer"),
    path("diagnostics/<int:pk>/", vues.diagnostic, name="diagnostic"),
    path("diagnostics/<int:pk>/ecrire/", vues.diagnostic_ecrire, name="diagnostic_ecrire"),
    path("diagnostics/<int:pk>/brouillon/", vues.diagnostic_brouillon, name="diagnostic_brouillon"),
    path("diagnostics/<int:pk>/abandonner/", vues.diagnostic_abandonner, name="diagnostic_abandonner"),
]
