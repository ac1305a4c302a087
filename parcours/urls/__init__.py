"""URLs of the third storey, one module per screen family."""

from django.urls import URLPattern, URLResolver

from . import (
    affectations,
    aides,
    contrats,
    courriers,
    diagnostics,
    entretiens,
    files,
    foyer,
    imports,
    orientation,
    personnes,
    prescriptions,
    saisie,
    sorties,
    statistiques,
)

app_name = "parcours"
urlpatterns: list[URLPattern | URLResolver] = [
    *orientation.urlpatterns,
    *affectations.urlpatterns,
    *entretiens.urlpatterns,
    *contrats.urlpatterns,
    *courriers.urlpatterns,
    *diagnostics.urlpatterns,
    *foyer.urlpatterns,
    *prescriptions.urlpatterns,
    *sorties.urlpatterns,
    *aides.urlpatterns,
    *files.urlpatterns,
    *statistiques.urlpatterns,
    *imports.urlpatterns,
    *saisie.urlpatterns,
    *personnes.urlpatterns,
]
