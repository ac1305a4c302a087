"""URLs: statistiques."""

from django.urls import URLPattern, URLResolver, path

from parcours.views import oarsa, observatoire

urlpatterns: list[URLPattern | URLResolver] = [
    path("observatoire/", observatoire.observatoire, name="observatoire"),
    path("observatoire/calculer/", observatoire.indicateurs_compiler, name="indicateurs_compiler"),
    path("observatoire/geler/", observatoire.indicateurs_geler, name="indicateurs_geler"),
    path("observatoire/oarsa/", oarsa.oarsa_page, name="oarsa"),
    path("observatoire/oarsa/export/", oarsa.oarsa_export, name="oarsa_export"),
    path("observatoire/oarsa/corrections/<slug:code>/", oarsa.oarsa_corrections, name="oarsa_corrections"),
    path(
        "observatoire/oarsa/corrections/<slug:code>/export/",
        oarsa.oarsa_corrections_export,
        name="oarsa_corrections_export",
    ),
    path("observatoire/<slug:code>/", observatoire.indicateur_parcours, name="indicateur_parcours"),
    path("observatoire/<slug:code>/personnes/", observatoire.indicateur_personnes, name="indicateur_personnes"),
    path(
        "observatoire/<slug:code>/personnes/export/",
        observatoire.indicateur_personnes_export,
        name="indicateur_personnes_export",
    ),
]
