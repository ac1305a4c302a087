"""URLs: the life of a programme, the public page of the pact."""

from django.urls import URLPattern, URLResolver, path

from gouvernance.views import public, vie

urlpatterns: list[URLPattern | URLResolver] = [
    path("programmes/<slug:code>/vie", vie.vie, name="vie"),
    path("programmes/<slug:code>/vie/export", vie.vie_export, name="vie_export"),
    path("programmes/<slug:code>/page-publique", vie.pacte_basculer, name="pacte_basculer"),
    path("signatures/<int:pk>", vie.signature_enregistrer, name="signature_enregistrer"),
    path("signatures/<int:pk>/preuve", vie.signature_preuve, name="signature_preuve"),
    path("pacte/", public.pacte_public, name="pacte_public"),
    path("pacte/rapport-<int:annee>.pdf", public.pacte_rapport, name="pacte_rapport"),
]
