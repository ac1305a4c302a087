"""URLs: courriers."""

from django.urls import URLPattern, URLResolver, path

from parcours.views import courriers as vues
from parcours.views import historique

urlpatterns: list[URLPattern | URLResolver] = [
    path("personnes/<int:pk>/courrier/", vues.courrier_nouveau, name="courrier_nouveau"),
    path("courriers/<int:pk>/pdf/", vues.courrier_pdf, name="courrier_pdf"),
    path("courriers/<int:pk>/word/", vues.courrier_word, name="courrier_word"),
    path("courriers/lots/", historique.courriers_lots, name="courriers_lots"),
    path("courriers/lots/<int:pk>/", vues.courriers_lot, name="courriers_lot"),
    path("courriers/lots/<int:pk>/pdf/", vues.courriers_lot_pdf, name="courriers_lot_pdf"),
    path("courriers/lots/<int:pk>/accepter/", vues.courriers_lot_accepter, name="courriers_lot_accepter"),
]
