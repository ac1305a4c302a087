"""URLs of accounts."""

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LogoutView
from django.urls import URLPattern, URLResolver, path

from .views import compte, connexion, habilitations, mot_de_passe, utilisateurs

app_name = "comptes"
urlpatterns: list[URLPattern | URLResolver] = [
    path("connexion/", connexion.Connexion.as_view(), name="connexion"),
    path("deconnexion/", LogoutView.as_view(), name="deconnexion"),
    path("mot-de-passe/oublie/", mot_de_passe.mot_de_passe_oublie, name="mot_de_passe_oublie"),
    path("mot-de-passe/envoye/", mot_de_passe.mot_de_passe_oublie_envoye, name="mot_de_passe_oublie_envoye"),
    path("mot-de-passe/choisir/<uidb64>/<token>/", mot_de_passe.Reinitialisation.as_view(), name="reinitialisation"),
    path("mot-de-passe/enregistre/", mot_de_passe.reinitialisation_faite, name="reinitialisation_faite"),
    path("mot-de-passe/", login_required(mot_de_passe.ChangementMotDePasse.as_view()), name="mot_de_passe_changer"),
    path("moi/", compte.compte, name="compte"),
    path("moi/preferences/", compte.preferences, name="preferences"),
    path("utilisateurs/", utilisateurs.utilisateurs, name="utilisateurs"),
    path("utilisateurs/export/", utilisateurs.utilisateurs_export, name="utilisateurs_export"),
    path("utilisateurs/nouveau/", utilisateurs.utilisateur_creer, name="utilisateur_creer"),
    path("utilisateurs/<int:pk>/", utilisateurs.utilisateur, name="utilisateur"),
    path("utilisateurs/<int:pk>/modifier/", utilisateurs.utilisateur_modifier, name="utilisateur_modifier"),
    path("utilisateurs/<int:pk>/desactiver/", utilisateurs.utilisateur_desactiver, name="utilisateur_desactiver"),
    path("utilisateurs/<int:pk>/reactiver/", utilisateurs.utilisateur_reactiver, name="utilisateur_reactiver"),
    path("utilisateurs/<int:pk>/activation/", utilisateurs.utilisateur_activation, name="utilisateur_activation"),
    path("utilisateurs/<int:pk>/habilitations/", habilitations.habilitation_ajouter, name="habilitation_ajouter"),
    path("habilitations/<int:pk>/retirer/", habilitations.habilitation_retirer, name="habilitation_retirer"),
]
