"""URLs: imports."""

from django.urls import URLPattern, URLResolver, path

from parcours.views import imports as vues
from parcours.views import imports_lot as lot

urlpatterns: list[URLPattern | URLResolver] = [
    path("imports/", vues.imports, name="imports"),
    path("imports/nouveau/", vues.import_nouveau, name="import_nouveau"),
    path("imports/aide/<slug:genre>/", vues.import_aide, name="import_aide"),
    path("imports/modele/<slug:genre>/", vues.import_modele, name="import_modele"),
    path("imports/<int:pk>/", lot.import_lot, name="import_lot"),
    path("imports/<int:pk>/colonnes/", lot.import_colonnes, name="import_colonnes"),
    path("imports/<int:pk>/corriger/", lot.import_corriger, name="import_corriger"),
    path("imports/<int:pk>/accepter/", lot.import_accepter, name="import_accepter"),
    path("imports/<int:pk>/designer/", lot.import_designer, name="import_designer"),
    path("imports/<int:pk>/verifier/", lot.import_verifier, name="import_verifier"),
    path("imports/<int:pk>/importer/", lot.import_importer, name="import_importer"),
    path("imports/<int:pk>/abandonner/", lot.import_abandonner, name="import_abandonner"),
    path("imports/<int:pk>/refusees/", lot.import_rejets, name="import_rejets"),
]
