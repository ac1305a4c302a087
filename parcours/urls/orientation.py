"""URLs: orientation."""

from django.urls import URLPattern, URLResolver, path

from parcours.views import (
    capacites,
    corrections_orientation,
    orientation,
    regles_jeu,
    regles_orientation,
    reorientations,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("personnes/<int:pk>/orienter/", orientation.orienter_personne, name="orienter"),
    path("orientations/<int:pk>/", orientation.orientation, name="orientation"),
    path("orientations/<int:pk>/notifier/", orientation.orientation_notifier, name="orientation_notifier"),
    path("orientations/<int:pk>/corriger/", corrections_orientation.orientation_corriger, name="orientation_corriger"),
    path("orientations/<int:pk>/retirer/", corrections_orientation.orientation_retirer, name="orientation_retirer"),
    path("orientations/ecarts/", regles_orientation.ecarts, name="ecarts_orientation"),
    path("personnes/<int:pk>/reorientation/", reorientations.reorientation_demander, name="reorientation_demander"),
    path("reorientations/", reorientations.reorientations, name="reorientations"),
    path("reorientations/export/", reorientations.reorientations_export, name="reorientations_export"),
    path("reorientations/<int:pk>/", reorientations.reorientation, name="reorientation"),
    path("reorientations/<int:pk>/refuser/", reorientations.reorientation_refuser, name="reorientation_refuser"),
    path("reorientations/<int:pk>/retirer/", reorientations.reorientation_retirer, name="reorientation_retirer"),
    path("regles-orientation/", regles_orientation.jeux, name="jeux"),
    path("regles-orientation/<int:pk>/", regles_orientation.jeu, name="jeu"),
    path("regles-orientation/<int:pk>/version/", regles_orientation.jeu_version, name="jeu_version"),
    path("regles-orientation/<int:pk>/simuler/", regles_orientation.jeu_simuler, name="jeu_simuler"),
    path("regles-orientation/<int:pk>/cas/", regles_orientation.jeu_cas, name="jeu_cas"),
    path("regles-orientation/<int:pk>/appliquer/", regles_orientation.jeu_appliquer, name="jeu_appliquer"),
    path("regles-orientation/<int:pk>/regles/", regles_jeu.jeu_regle, name="jeu_regle_nouvelle"),
    path("regles-orientation/<int:pk>/regles/<int:regle>/", regles_jeu.jeu_regle, name="jeu_regle"),
    path("regles-orientation/<int:pk>/regles/<int:regle>/geste/", regles_jeu.jeu_regle_geste, name="jeu_regle_geste"),
    path("capacites/", capacites.capacites, name="capacites"),
    path("capacites/export/", capacites.capacites_export, name="capacites_export"),
    path("capacites/nouvelle/", capacites.capacite_nouvelle, name="capacite_nouvelle"),
    path("capacites/<int:pk>/modifier/", capacites.capacite_modifier, name="capacite_modifier"),
]
