"""URLs of the ground floor."""

from django.urls import URLPattern, URLResolver, path

from .views import avis, journal, recherches, traitements

app_name = "socle"
urlpatterns: list[URLPattern | URLResolver] = [
    path("traitements/", traitements.traitements, name="traitements"),
    path("traitements/<uuid:pk>/", traitements.traitement, name="traitement"),
    path("traitements/<uuid:pk>/avancement/", traitements.traitement_fragment, name="traitement_fragment"),
    path("traitements/<uuid:pk>/arreter/", traitements.traitement_annuler, name="traitement_annuler"),
    path("traitements/<uuid:pk>/relancer/", traitements.traitement_relancer, name="traitement_relancer"),
    path("traitements/<uuid:pk>/fichier/", traitements.traitement_fichier, name="traitement_fichier"),
    path("avis/", avis.avis, name="avis"),
    path("avis/tout-lire/", avis.avis_tout_lire, name="avis_tout_lire"),
    path("avis/<int:pk>/lire/", avis.avis_lire, name="avis_lire"),
    path("recherches/garder/", recherches.recherche_garder, name="recherche_garder"),
    path("recherches/<int:pk>/ouvrir/", recherches.recherche_ouvrir, name="recherche_ouvrir"),
    path("recherches/<int:pk>/oublier/", recherches.recherche_oublier, name="recherche_oublier"),
    path("journal/", journal.journal, name="journal"),
    path("journal/export/", journal.journal_export, name="journal_export"),
]
