"""URLs: conventions."""

from django.urls import URLPattern, URLResolver, path

from offre.views import conventions, saisie_conventions

urlpatterns: list[URLPattern | URLResolver] = [
    path("conventions/", conventions.conventions, name="conventions"),
    path("conventions/export/", conventions.conventions_export, name="conventions_export"),
    path("conventions/nouvelle/", saisie_conventions.ConventionNouvelle.as_view(), name="convention_nouvelle"),
    path("conventions/<int:pk>/", conventions.convention, name="convention"),
    path("conventions/<int:pk>/modifier/", saisie_conventions.ConventionModifier.as_view(), name="convention_modifier"),
    path("conventions/<int:pk>/avenant/", saisie_conventions.ConventionAvenant.as_view(), name="convention_avenant"),
    path(
        "conventions/<int:pk>/paiements/", saisie_conventions.ConventionPaiements.as_view(), name="convention_paiements"
    ),
    path("conventions/<int:pk>/signer/", conventions.convention_signer, name="convention_signer"),
    path("conventions/<int:pk>/resilier/", conventions.convention_resilier, name="convention_resilier"),
]
