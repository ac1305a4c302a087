"""URLs: aids, envelopes, règlements."""

from django.urls import URLPattern, URLResolver, path

from parcours.views import aides as vues
from parcours.views import enveloppes

urlpatterns: list[URLPattern | URLResolver] = [
    path("aides/", vues.aides, name="aides"),
    path("aides/export/", vues.aides_export, name="aides_export"),
    path("aides/reglements/", enveloppes.aide_reglements, name="aide_reglements"),
    path("aides/enveloppes/", enveloppes.enveloppes, name="enveloppes"),
    path("aides/enveloppes/export/", enveloppes.enveloppes_export, name="enveloppes_export"),
    path("aides/enveloppes/ouvrir/", enveloppes.enveloppe_fixer, name="enveloppe_ouvrir"),
    path("aides/enveloppes/<int:pk>/", enveloppes.enveloppe_fixer, name="enveloppe_fixer"),
    path("aides/justificatifs/<int:pk>/", vues.aide_piece, name="aide_piece"),
    path("aides/<int:pk>/", vues.aide, name="aide"),
    path("aides/<int:pk>/corriger/", vues.aide_corriger, name="aide_corriger"),
    path("aides/<int:pk>/<slug:geste>/", vues.aide_geste, name="aide_geste"),
    path("personnes/<int:pk>/aides/demander/", vues.aide_choisir, name="aide_choisir"),
    path("personnes/<int:pk>/aides/demander/<int:reglement>/", vues.aide_demander, name="aide_demander"),
]
