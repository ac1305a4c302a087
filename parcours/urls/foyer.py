"""URLs: identity, address, household, RSA file."""

from django.urls import URLPattern, URLResolver, path

from parcours.views import foyer as vues
from parcours.views import identite

urlpatterns: list[URLPattern | URLResolver] = [
    path("personnes/nouvelle/", identite.personne_creer, name="personne_creer"),
    path("personnes/<int:pk>/identite/", identite.personne_identite, name="personne_identite"),
    path("personnes/<int:pk>/contacts/", identite.personne_contacts, name="personne_contacts"),
    path("personnes/<int:pk>/deces/", identite.personne_deces, name="personne_deces"),
    path("communes/", identite.communes, name="communes"),
    path("personnes/<int:pk>/adresses/ajouter/", vues.adresse_ajouter, name="adresse_ajouter"),
    path("personnes/<int:pk>/adresses/<int:adresse>/", vues.adresse_corriger, name="adresse_corriger"),
    path("personnes/<int:pk>/foyer/ajouter/", vues.membre_ajouter, name="membre_ajouter"),
    path("personnes/<int:pk>/foyer/<int:place>/terminer/", vues.membre_terminer, name="membre_terminer"),
    path("personnes/<int:pk>/foyer/situation/", vues.foyer_situation, name="foyer_situation"),
    path("personnes/<int:pk>/dossiers/ajouter/", vues.dossier_ajouter, name="dossier_ajouter"),
    path("personnes/<int:pk>/dossiers/<int:dossier>/", vues.dossier_modifier, name="dossier_modifier"),
    path("personnes/<int:pk>/droits-devoirs/ajouter/", vues.droits_devoirs_ajouter, name="droits_devoirs_ajouter"),
]
