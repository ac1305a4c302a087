"""URLs of the third storey, one module per screen family."""

from django.urls import URLPattern, URLResolver

from . import (
    affectations,
    aides,
    contrats,
    correspondances,
    courriers,
    diagnostics,
    entretiens,
    files,
    foyer,
    imports,
    inscriptions,
    operateur,
    orientation,
    personnes,
    prescriptions,
    reponses,
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
    *correspondances.urlpatterns,
    *courriers.urlpatterns,
    *diagnostics.urlpatterns,
    *foyer.urlpatterns,
    *inscriptions.urlpatterns,
    *prescriptions.urlpatterns,
    *reponses.urlpatterns,
    *sorties.urlpatterns,
    *aides.urlpatterns,
    *files.urlpatterns,
    *statistiques.urlpatterns,
    *imports.urlpatterns,
    *operateur.urlpatterns,
    *saisie.urlpatterns,
    *personnes.urlpatterns,
]
