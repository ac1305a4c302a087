"""URLs of the third storey, one module per screen family."""

from django.urls import URLPattern, URLResolver

from . import (
    affectations,
    aides,
    conservation,
    contrats,
    correspondances,
    courriers,
    demandes_publiques,
    diagnostics,
    doublons,
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
    *conservation.urlpatterns,
    *contrats.urlpatterns,
    *correspondances.urlpatterns,
    *courriers.urlpatterns,
    *demandes_publiques.urlpatterns,
    *diagnostics.urlpatterns,
    *doublons.urlpatterns,
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
