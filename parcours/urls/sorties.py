"""URLs: sorties."""

from django.urls import URLPattern, URLResolver, path

from parcours.views import sorties as vues

urlpatterns: list[URLPattern | URLResolver] = [
    path("personnes/<int:pk>/terminer/", vues.accompagnement_terminer, name="accompagnement_terminer"),
    path("personnes/<int:pk>/sortie-rsa/", vues.sortie_rsa, name="sortie_rsa"),
    path("sorties/actions/<int:pk>/", vues.sortie_action, name="sortie_action"),
    path("sorties/paliers/<int:pk>/", vues.palier, name="palier"),
    path("sorties/<int:pk>/", vues.sortie, name="sortie"),
    path("sorties/<int:pk>/annuler/", vues.sortie_annuler, name="sortie_annuler"),
    path("sorties/<int:pk>/justificatifs/", vues.sortie_piece_ajouter, name="sortie_piece_ajouter"),
    path("sorties/justificatifs/<int:pk>/", vues.sortie_piece, name="sortie_piece"),
    path("sorties/suivis/<int:pk>/", vues.suivi_sortie, name="suivi_sortie"),
]
