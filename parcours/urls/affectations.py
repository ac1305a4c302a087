"""URLs: affectations."""

from django.urls import URLPattern, URLResolver, path

from parcours.views import affectations as vues
from parcours.views import historique, lots

urlpatterns: list[URLPattern | URLResolver] = [
    path("personnes/<int:pk>/referent/designer/", vues.referent_designer, name="referent_designer"),
    path("personnes/<int:pk>/referent/<int:affectation>/terminer/", vues.referent_terminer, name="referent_terminer"),
    path("portefeuilles/", vues.portefeuilles, name="portefeuilles"),
    path("portefeuilles/export/", vues.portefeuilles_export, name="portefeuilles_export"),
    path("portefeuilles/<int:pk>/", vues.portefeuille, name="portefeuille"),
    path("portefeuilles/<int:pk>/capacite/", vues.portefeuille_capacite, name="portefeuille_capacite"),
    path("lots/", lots.lot_creer, name="lot_creer"),
    path("lots/historique/", historique.lots, name="lots"),
    path("lots/<uuid:pk>/", lots.lot, name="lot"),
    path("lots/<uuid:pk>/executer/", lots.lot_executer, name="lot_executer"),
]
