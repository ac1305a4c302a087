"""URLs: contrats."""

from django.urls import URLPattern, URLResolver, path

from parcours.views import circuit_contrats as circuit
from parcours.views import contrats as vues
from parcours.views.saisie_contrat import ContratBrouillon, ContratModifier, ContratNouveau

urlpatterns: list[URLPattern | URLResolver] = [
    path("contrats/", vues.contrats, name="contrats"),
    path("contrats/export/", vues.contrats_export, name="contrats_export"),
    path("contrats/a-valider/", circuit.contrats_a_valider, name="contrats_a_valider"),
    path("contrats/a-valider/lot/", circuit.contrats_valider_lot, name="contrats_valider_lot"),
    path("contrats/<int:pk>/", vues.contrat, name="contrat"),
    path("contrats/<int:pk>/pdf/", vues.contrat_pdf, name="contrat_pdf"),
    path("contrats/<int:pk>/word/", vues.contrat_word, name="contrat_word"),
    path("contrats/<int:pk>/modifier/", ContratModifier.as_view(), name="contrat_modifier"),
    path("contrats/<int:pk>/brouillon/", ContratBrouillon.as_view(), name="contrat_brouillon"),
    path("contrats/<int:pk>/signer/", circuit.contrat_signer, name="contrat_signer"),
    path("contrats/<int:pk>/soumettre/", circuit.contrat_soumettre, name="contrat_soumettre"),
    path("contrats/<int:pk>/reprendre/", circuit.contrat_reprendre, name="contrat_reprendre"),
    path("contrats/<int:pk>/decider/", circuit.contrat_decider, name="contrat_decider"),
    path("contrats/<int:pk>/clore/", circuit.contrat_clore, name="contrat_clore"),
    path("contrats/<int:pk>/annuler/", circuit.contrat_annuler, name="contrat_annuler"),
    path("personnes/<int:pk>/contrat/", ContratNouveau.as_view(), name="contrat_nouveau"),
]
