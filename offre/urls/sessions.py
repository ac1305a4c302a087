"""URLs: sessions."""

from django.urls import URLPattern, URLResolver, path

from offre.views import sessions

urlpatterns: list[URLPattern | URLResolver] = [
    path("sessions/<int:pk>/", sessions.session, name="session"),
]
