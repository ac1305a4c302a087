"""URLs of the third storey, one module per screen family."""

from django.urls import URLPattern, URLResolver

from . import (
    affectations,
    aides,
    contrats,
    entretiens,
    files,
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
    *prescriptions.urlpatterns,
    *sorties.urlpatterns,
    *aides.urlpatterns,
    *files.urlpatterns,
    *statistiques.urlpatterns,
    *imports.urlpatterns,
    *saisie.urlpatterns,
    *personnes.urlpatterns,
]
