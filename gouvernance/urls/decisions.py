"""URLs: decisions."""

from django.urls import URLPattern, URLResolver, path

from gouvernance.views import decisions, en_seance

urlpatterns: list[URLPattern | URLResolver] = [
    path("decisions", decisions.decisions, name="decisions"),
    path("decisions/export", decisions.decisions_export, name="decisions_export"),
    path("decisions/<int:pk>", decisions.decision, name="decision"),
    path("decisions/<int:pk>/modifier", en_seance.decision_modifier, name="decision_modifier"),
    path("decisions/<int:pk>/<slug:geste>", decisions.decision_suivre, name="decision_suivre"),
]
