"""URLs: requests of the public."""

from django.urls import URLPattern, URLResolver, path

from parcours.views import demande_en_ligne as en_ligne
from parcours.views import demandes_publiques as vues

urlpatterns: list[URLPattern | URLResolver] = [
    path("demander/<int:offre>/", en_ligne.demande_creer, name="demande_creer"),
    path("demander/confirmer/<str:jeton>/", en_ligne.demande_confirmer, name="demande_confirmer"),
    path("demandes/", vues.demandes_publiques, name="demandes_publiques"),
    path("demandes/export/", vues.demandes_publiques_export, name="demandes_publiques_export"),
    path("demandes/<int:pk>/", vues.demande_publique, name="demande_publique"),
    path("demandes/<int:pk>/accepter/", vues.demande_accepter, name="demande_accepter"),
    path("demandes/<int:pk>/<slug:geste>/", vues.demande_geste, name="demande_geste"),
]
