"""URLs: entretiens."""

from django.urls import URLPattern, URLResolver, path

from parcours.views import agenda as vues_agenda
from parcours.views import entretiens as vues

urlpatterns: list[URLPattern | URLResolver] = [
    path("agenda/", vues_agenda.agenda, name="agenda"),
    path("agenda/export/", vues_agenda.agenda_export, name="agenda_export"),
    path("agenda/abonnement/", vues_agenda.agenda_abonnement, name="agenda_abonnement"),
    path("agenda/flux/<str:jeton>.ics", vues_agenda.agenda_flux, name="agenda_flux"),
    path("personnes/<int:pk>/rendez-vous/", vues.entretien_planifier, name="entretien_planifier"),
    path("entretiens/<int:pk>/", vues.entretien, name="entretien"),
    path("entretiens/<int:pk>/deplacer/", vues.entretien_deplacer, name="entretien_deplacer"),
    path("entretiens/<int:pk>/issue/", vues.entretien_issue, name="entretien_issue"),
    path("entretiens/<int:pk>/annuler/", vues.entretien_annuler, name="entretien_annuler"),
    path("entretiens/<int:pk>/corriger/", vues.entretien_rouvrir, name="entretien_rouvrir"),
]
