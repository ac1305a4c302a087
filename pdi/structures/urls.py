"""URLs of structures."""

from django.urls import URLPattern, URLResolver, path

from .views import edition, lecture

app_name = "structures"
urlpatterns: list[URLPattern | URLResolver] = [
    path("structures/", lecture.structures, name="structures"),
    path("structures/arbre/", lecture.structures_arbre, name="structures_arbre"),
    path("structures/export/", lecture.structure_export, name="structure_export"),
    path("structures/nouvelle/", edition.structure_creer, name="structure_creer"),
    path("structures/<int:pk>/", lecture.structure, name="structure"),
    path("structures/<int:pk>/modifier/", edition.structure_modifier, name="structure_modifier"),
    path("structures/<int:pk>/fusionner/", edition.structure_fusionner, name="structure_fusionner"),
    path("structures/<int:pk>/contacts/", edition.contact_ajouter, name="contact_ajouter"),
    path("structures/<int:pk>/noms/", edition.nom_ajouter, name="nom_ajouter"),
    path("structures/contacts/<int:pk>/modifier/", edition.contact_modifier, name="contact_modifier"),
    path("structures/contacts/<int:pk>/retirer/", edition.contact_retirer, name="contact_retirer"),
    path("structures/noms/<int:pk>/retirer/", edition.nom_retirer, name="nom_retirer"),
]
