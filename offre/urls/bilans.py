"""URLs: operators' statements."""

from django.urls import URLPattern, URLResolver, path

from offre.views import bilans

urlpatterns: list[URLPattern | URLResolver] = [
    path("bilans/", bilans.bilans_operateurs, name="bilans_operateurs"),
    path("bilans/export/", bilans.bilans_operateurs_export, name="bilans_operateurs_export"),
    path("bilans/campagne/", bilans.campagne_operateurs_ouvrir, name="campagne_operateurs_ouvrir"),
    path(
        "bilans/campagne/<int:annee>/relancer/", bilans.CampagneRelancer.as_view(), name="campagne_operateurs_relancer"
    ),
    path("bilans/campagne/<int:annee>/clore/", bilans.CampagneClore.as_view(), name="campagne_operateurs_clore"),
    path("bilans/<int:pk>/", bilans.bilan_operateur, name="bilan_operateur"),
    path("bilans/<int:pk>/ecrire/", bilans.BilanEcrire.as_view(), name="bilan_operateur_ecrire"),
    path("bilans/<int:pk>/decider/", bilans.bilan_operateur_decider, name="bilan_operateur_decider"),
]
