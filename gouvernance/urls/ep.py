"""URLs: files of équipes pluridisciplinaires, from their submission to their closing."""

from django.urls import URLPattern, URLResolver, path

from gouvernance.views import ep, ep_gestes, ep_modeles, ep_seance

urlpatterns: list[URLPattern | URLResolver] = [
    path("ep/dossiers", ep.ep_dossiers, name="ep_dossiers"),
    path("ep/dossiers/export", ep.ep_dossiers_export, name="ep_dossiers_export"),
    path("ep/dossiers/inscrire", ep.ep_inscrire, name="ep_inscrire"),
    path("ep/personnes/<int:pk>/saisir", ep.ep_ouvrir, name="ep_ouvrir"),
    path("ep/dossiers/<int:pk>", ep.ep_dossier, name="ep_dossier"),
    path("ep/dossiers/<int:pk>/modifier", ep.ep_modifier, name="ep_modifier"),
    path("ep/dossiers/<int:pk>/geste/<slug:geste>", ep_gestes.ep_geste, name="ep_geste"),
    path("ep/dossiers/<int:pk>/lettres/<slug:genre>", ep_gestes.ep_lettre_ecrire, name="ep_lettre_ecrire"),
    path("ep/dossiers/<int:pk>/avis", ep_seance.ep_avis, name="ep_avis"),
    path("ep/dossiers/<int:pk>/orienter", ep_seance.ep_orienter, name="ep_orienter"),
    path("seances/<int:pk>/dossiers", ep_seance.ep_seance, name="ep_seance"),
    path("ep/modeles", ep_modeles.ep_modeles_liste, name="ep_modeles"),
    path("ep/modeles/<int:pk>", ep_modeles.ep_modele, name="ep_modele"),
    path("ep/modeles/<int:pk>/apercu/<slug:regime>.pdf", ep_modeles.ep_modele_pdf, name="ep_modele_pdf"),
    path("ep/modeles/<int:pk>/retirer", ep_modeles.ep_modele_retirer, name="ep_modele_retirer"),
    path("ep/modeles/<slug:genre>/nouvelle", ep_modeles.ep_modele_ecrire, name="ep_modele_ecrire"),
    path("ep/lettres/<int:pk>.pdf", ep_gestes.ep_lettre, name="ep_lettre"),
]
