"""URLs: edition."""

from django.urls import URLPattern, URLResolver, path

from offre.views import circuit, edition, propositions

urlpatterns: list[URLPattern | URLResolver] = [
    path("fiches/", circuit.fiches_a_tenir, name="fiches_a_tenir"),
    path("fiches/export/", circuit.fiches_export, name="fiches_export"),
    path("creer/", edition.OffreCreer.as_view(), name="offre_creer"),
    path("<int:pk>/modifier/", edition.OffreModifier.as_view(), name="offre_modifier"),
    path("<int:pk>/confirmer/", circuit.offre_confirmer, name="offre_confirmer"),
    path("<int:pk>/etat/<slug:verbe>/", circuit.offre_etat, name="offre_etat"),
    path("<int:pk>/versions/", circuit.offre_versions, name="offre_versions"),
    path("modifications/<int:pk>/", propositions.proposition, name="proposition"),
    path("modifications/<int:pk>/<slug:verbe>/", propositions.proposition_etat, name="proposition_etat"),
]
