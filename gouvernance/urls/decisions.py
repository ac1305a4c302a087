"""URLs: decisions."""

from django.urls import URLPattern, URLResolver, path

from gouvernance.views import decisions, en_seance, pieces

urlpatterns: list[URLPattern | URLResolver] = [
    path("decisions", decisions.decisions, name="decisions"),
    path("decisions/export", decisions.decisions_export, name="decisions_export"),
    path("decisions/<int:pk>", decisions.decision, name="decision"),
    path("pieces/<slug:genre>/<int:pk>", pieces.piece, name="piece"),
    path("pieces/<slug:genre>/<int:pk>/retirer", pieces.piece_retirer, name="piece_retirer"),
    path("pieces/<slug:genre>/<int:pk>/joindre", pieces.piece_joindre, name="piece_joindre"),
    path("decisions/<int:pk>/modifier", en_seance.decision_modifier, name="decision_modifier"),
    path("decisions/<int:pk>/<slug:geste>", decisions.decision_suivre, name="decision_suivre"),
]
