"""URLs: recherches."""

from django.urls import URLPattern, URLResolver, path

from offre.views import recherches

urlpatterns: list[URLPattern | URLResolver] = [
    path("alertes/", recherches.alertes, name="alertes"),
    path("alertes/<int:pk>/", recherches.alerte_regler, name="alerte_regler"),
    path("alertes/arreter/<str:jeton>/", recherches.alerte_arreter, name="alerte_arreter"),
]
