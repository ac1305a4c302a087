"""URLs: sessions."""

from django.urls import URLPattern, URLResolver, path

from offre.views import sessions
from offre.views import tenue_sessions as tenue

urlpatterns: list[URLPattern | URLResolver] = [
    path("sessions/", sessions.sessions, name="sessions"),
    path("sessions/export/", sessions.sessions_export, name="sessions_export"),
    path("sessions/preparer/<int:offre>/", tenue.session_preparer, name="session_preparer"),
    path("sessions/<int:pk>/", sessions.session, name="session"),
    path("sessions/<int:pk>/modifier/", tenue.session_modifier, name="session_modifier"),
    path("sessions/<int:pk>/dupliquer/", tenue.session_dupliquer, name="session_dupliquer"),
    path("sessions/<int:pk>/annuler/", tenue.session_annuler, name="session_annuler"),
    path("sessions/<int:pk>/<slug:geste>/", tenue.session_geste, name="session_geste"),
]
