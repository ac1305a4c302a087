"""URLs: the catalogue without an account."""

from django.urls import URLPattern, URLResolver, path

from offre.views import public

urlpatterns: list[URLPattern | URLResolver] = [
    path("public/", public.offres_publiques, name="offres_publiques"),
    path("public/carte/", public.carte_publique, name="carte_publique"),
    path("public/<int:pk>/", public.offre_publique, name="offre_publique"),
    path("public/<int:pk>/<slug:titre>/", public.offre_publique, name="offre_publique"),
]
