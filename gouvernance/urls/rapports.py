"""URLs: the annual report."""

from django.urls import URLPattern, URLResolver, path

from gouvernance.views import rapports, versions

urlpatterns: list[URLPattern | URLResolver] = [
    path("rapports", rapports.rapports, name="rapports"),
    path("rapports/<slug:code>/<int:annee>", rapports.rapport, name="rapport"),
    path("rapports/<slug:code>/<int:annee>/compiler", rapports.rapport_compiler, name="rapport_compiler"),
    path("rapports/<slug:code>/<int:annee>/comparer", rapports.version_comparer, name="version_comparer"),
    path("versions/<int:pk>", versions.version, name="version"),
    path("versions/<int:pk>/pdf", versions.version_pdf, name="version_pdf"),
    path("versions/<int:pk>/xlsx", versions.version_xlsx, name="version_xlsx"),
    path("versions/<int:pk>/documents/<slug:genre>", versions.version_document, name="version_document"),
    path("versions/<int:pk>/refaire", versions.version_refaire, name="version_refaire"),
    path("versions/<int:pk>/intituler", versions.version_intituler, name="version_intituler"),
    path("versions/<int:pk>/publier", versions.version_publier, name="version_publier"),
    path("versions/<int:pk>/deliberation", versions.deliberation_enregistrer, name="deliberation_enregistrer"),
]
