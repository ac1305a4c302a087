"""URLs: bodies and their members."""

from django.urls import URLPattern, URLResolver, path

from gouvernance.views import instances, membres

urlpatterns: list[URLPattern | URLResolver] = [
    path("instances", instances.instances, name="instances"),
    path("instances/export", instances.instances_export, name="instances_export"),
    path("instances/creer", instances.instance_creer, name="instance_creer"),
    path("instances/<int:pk>", instances.instance, name="instance"),
    path("instances/<int:pk>/modifier", instances.instance_modifier, name="instance_modifier"),
    path("instances/<int:pk>/reglement", instances.reglement_deposer, name="reglement_deposer"),
    path("instances/<int:pk>/membres/ajouter", membres.membre_ajouter, name="membre_ajouter"),
    path("reglements/<int:pk>", instances.reglement, name="reglement"),
    path("membres/<int:pk>/modifier", membres.membre_modifier, name="membre_modifier"),
    path("membres/<int:pk>/remplacer", membres.membre_remplacer, name="membre_remplacer"),
    path("membres/<int:pk>/terminer", membres.membre_terminer, name="membre_terminer"),
]
