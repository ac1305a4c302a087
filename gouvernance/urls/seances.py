"""URLs: meetings, from their preparation to their minutes."""

from django.urls import URLPattern, URLResolver, path

from gouvernance.views import convocations, documents_seance, en_seance, seances
from gouvernance.views import tenue_seances as tenue

urlpatterns: list[URLPattern | URLResolver] = [
    path("seances", seances.seances, name="seances"),
    path("seances/calendrier", seances.seances_calendrier, name="seances_calendrier"),
    path("seances/export", seances.seances_export, name="seances_export"),
    path("seances/agenda/<str:jeton>.ics", seances.agenda_flux, name="agenda_flux"),
    path("convocations/<str:jeton>", convocations.convocation_reponse, name="convocation_reponse"),
    path("instances/<int:pk>/seances/preparer", tenue.seance_preparer, name="seance_preparer"),
    path("seances/<int:pk>", seances.seance, name="seance"),
    path("seances/<int:pk>/direct", seances.seance_direct, name="seance_direct"),
    path("seances/<int:pk>/imprimer/<slug:genre>", documents_seance.seance_imprimer, name="seance_imprimer"),
    path("seances/<int:pk>/releve/envoyer", documents_seance.releve_envoyer, name="releve_envoyer"),
    path("seances/<int:pk>/releve.docx", documents_seance.seance_word, name="seance_word"),
    path("seances/<int:pk>/modifier", tenue.seance_modifier, name="seance_modifier"),
    path("seances/<int:pk>/ordre", tenue.seance_ordre, name="seance_ordre"),
    path("seances/<int:pk>/reporter", tenue.seance_reporter, name="seance_reporter"),
    path("seances/<int:pk>/presence", en_seance.presence_noter, name="seance_presence"),
    path("seances/<int:pk>/decisions", en_seance.decision_noter, name="decision_noter"),
    path("seances/<int:pk>/motif/<slug:geste>", tenue.seance_motif, name="seance_motif"),
    path("seances/<int:pk>/geste/<slug:geste>", tenue.seance_geste, name="seance_geste"),
    path("points/<int:pk>", tenue.seance_point, name="seance_point"),
    path("points/<int:pk>/etat", en_seance.point_traiter, name="seance_point_etat"),
]
