"""All URLs: the roof composes the storeys."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from pdi.comptes.views.connexion import connexion_referentiels

admin.site.login = connexion_referentiels  # type: ignore[method-assign]  # one door for everybody

urlpatterns = [
    path("", include("pdi.accueil.urls")),
    path("comptes/", include("pdi.comptes.urls")),
    path("", include("pdi.socle.urls")),
    path("", include("pdi.structures.urls")),
    path("", include("actions.urls")),
    path("parcours/", include("parcours.urls")),
    path("offres/", include("offre.urls")),
    path("api/v1/", include("offre.urls.api")),
    path("", include("gouvernance.urls")),
    path("referentiels/", admin.site.urls),
]

handler400 = "pdi.accueil.views.erreurs.requete_invalide"
handler403 = "pdi.accueil.views.erreurs.acces_refuse"
handler404 = "pdi.accueil.views.erreurs.introuvable"
handler500 = "pdi.accueil.views.erreurs.erreur_interne"

admin.site.site_header = f"{settings.NOM_APPLICATION} – référentiels"
admin.site.site_title = settings.NOM_APPLICATION
admin.site.index_title = "Référentiels"
