"""URLs: answers without an account."""

from django.urls import URLPattern, URLResolver, path

from parcours.views import reponses as vues

urlpatterns: list[URLPattern | URLResolver] = [
    path("reponse/<str:jeton>/", vues.reponse, name="reponse"),
    path("operateurs/<int:pk>/reponses/", vues.reponse_reglage, name="reponse_reglage"),
]
