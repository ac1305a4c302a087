"""URLs of the roof."""

from django.urls import URLPattern, URLResolver, path

from .views.accueil import accueil
from .views.recherche import recherche
from .views.sante import sante

app_name = "accueil"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", accueil, name="accueil"),
    path("recherche", recherche, name="recherche"),
    path("sante", sante, name="sante"),
]
