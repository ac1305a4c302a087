"""URLs: campaigns and bilans."""

from django.urls import URLPattern, URLResolver, path

from actions.views import bilans, campagnes, relecture

urlpatterns: list[URLPattern | URLResolver] = [
    path("campagnes/", campagnes.campagnes, name="campagnes"),
    path("campagnes/<slug:code>/nouvelle/", campagnes.campagne_creer, name="campagne_creer"),
    path("campagnes/<slug:code>/<int:annee>/", campagnes.campagne, name="campagne"),
    path("campagnes/<slug:code>/<int:annee>/modifier/", campagnes.campagne_modifier, name="campagne_modifier"),
    path("campagnes/<slug:code>/<int:annee>/ouvrir/", campagnes.campagne_ouvrir, name="campagne_ouvrir"),
    path("campagnes/<slug:code>/<int:annee>/rattraper/", campagnes.campagne_rattraper, name="campagne_rattraper"),
    path("campagnes/<slug:code>/<int:annee>/relancer/", campagnes.campagne_relancer, name="campagne_relancer"),
    path("campagnes/<slug:code>/<int:annee>/relire/", campagnes.campagne_relire, name="campagne_relire"),
    path("campagnes/<slug:code>/<int:annee>/valider/", campagnes.campagne_valider_lot, name="campagne_valider_lot"),
    path("campagnes/<slug:code>/<int:annee>/clore/", campagnes.campagne_clore, name="campagne_clore"),
    path("campagnes/<slug:code>/<int:annee>/rouvrir/", campagnes.campagne_rouvrir, name="campagne_rouvrir"),
    path("campagnes/<slug:code>/<int:annee>/export/", campagnes.campagne_export, name="campagne_export"),
    path("bilans/", bilans.bilans, name="bilans"),
    path("bilans/<int:pk>/", bilans.bilan, name="bilan"),
    path("bilans/<int:pk>/ecrire/", bilans.bilan_ecrire, name="bilan_ecrire"),
    path("bilans/<int:pk>/brouillon/", bilans.bilan_brouillon, name="bilan_brouillon"),
    path("bilans/<int:pk>/soumettre/", bilans.bilan_soumettre, name="bilan_soumettre"),
    path("bilans/<int:pk>/relire/", relecture.bilan_relire, name="bilan_relire"),
    path("bilans/<int:pk>/renvoyer/", relecture.bilan_renvoyer, name="bilan_renvoyer"),
    path("bilans/<int:pk>/valider/", relecture.bilan_valider, name="bilan_valider"),
    path("bilans/<int:pk>/rouvrir/", relecture.bilan_rouvrir, name="bilan_rouvrir"),
]
