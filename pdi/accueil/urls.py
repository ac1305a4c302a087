"""URLs of the roof."""

from django.urls import URLPattern, URLResolver, path

from .views.sante import sante

app_name = "accueil"
urlpatterns: list[URLPattern | URLResolver] = [
    path("sante", sante, name="sante"),
]
