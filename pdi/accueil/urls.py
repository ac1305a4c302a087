"""URLs of the roof."""

from django.urls import URLPattern, URLResolver, path

from .views.accueil import accueil
from .views.pages import accessibilite, aide, donnees_personnelles
from .views.recherche import recherche
from .views.robots import plan_du_site, robots
from .views.sante import sante

app_name = "accueil"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", accueil, name="accueil"),
    path("recherche", recherche, name="recherche"),
    path("accessibilite", accessibilite, name="accessibilite"),
    path("donnees-personnelles", donnees_personnelles, name="donnees_personnelles"),
    path("aide", aide, name="aide"),
    path("sante", sante, name="sante"),
    path("robots.txt", robots, name="robots"),
    path("sitemap.xml", plan_du_site, name="plan_du_site"),
]
