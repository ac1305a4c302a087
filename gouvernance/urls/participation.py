"""URLs: participation, proposals, territorial dialogues, satisfaction questionnaires."""

from django.urls import URLPattern, URLResolver, path

from gouvernance.views import avis, dialogues, participation, propositions
from gouvernance.views import questionnaires as q

urlpatterns: list[URLPattern | URLResolver] = [
    path("participation", participation.participation_annee, name="participation"),
    path("participation/export", participation.participation_export, name="participation_export"),
    path("participation/membres", participation.participation_membres, name="participation_membres"),
    path("participation/formations", participation.formations, name="formations"),
    path("participation/formations/export", participation.formations_export, name="formations_export"),
    path("instances/<int:pk>/formations/ajouter", participation.formation_ajouter, name="formation_ajouter"),
    path("formations/<int:pk>/modifier", participation.formation_modifier, name="formation_modifier"),
    path("formations/<int:pk>/supprimer", participation.formation_supprimer, name="formation_supprimer"),
    path("propositions", propositions.propositions, name="propositions"),
    path("propositions/export", propositions.propositions_export, name="propositions_export"),
    path("instances/<int:pk>/propositions/deposer", propositions.proposition_deposer, name="proposition_deposer"),
    path("propositions/<int:pk>", propositions.proposition, name="proposition"),
    path("propositions/<int:pk>/modifier", propositions.proposition_modifier, name="proposition_modifier"),
    path("propositions/<int:pk>/<slug:geste>", propositions.proposition_suivre, name="proposition_suivre"),
    path("dialogues", dialogues.dialogues, name="dialogues"),
    path("dialogues/export", dialogues.dialogues_export, name="dialogues_export"),
    path("dialogues/creer", dialogues.dialogues_creer, name="dialogues_creer"),
    path("dialogues/<int:pk>", dialogues.dialogue, name="dialogue"),
    path("dialogues/<int:pk>/dater", dialogues.dialogue_dater, name="dialogue_dater"),
    path("dialogues/<int:pk>/preparer", dialogues.dialogue_preparer, name="dialogue_preparer"),
    path("dialogues/<int:pk>/imprimer", dialogues.dialogue_imprimer, name="dialogue_imprimer"),
    path("dialogues/<int:pk>/proposer", dialogues.dialogue_proposer, name="dialogue_proposer"),
    path("questionnaires", q.questionnaires, name="questionnaires"),
    path("questionnaires/preparer", q.QuestionnaireNouveau.as_view(), name="questionnaire_preparer"),
    path("questionnaires/<int:pk>", q.questionnaire, name="questionnaire"),
    path("questionnaires/<int:pk>/modifier", q.QuestionnaireModifier.as_view(), name="questionnaire_modifier"),
    path("questionnaires/<int:pk>/supprimer", q.questionnaire_supprimer, name="questionnaire_supprimer"),
    path("questionnaires/<int:pk>/export", q.questionnaire_export, name="questionnaire_export"),
    path("questionnaires/<int:pk>/imprimer/<slug:genre>", q.questionnaire_imprimer, name="questionnaire_imprimer"),
    path("questionnaires/<int:pk>/geste/<slug:geste>", q.questionnaire_geste, name="questionnaire_geste"),
    path("questionnaires/textes/<int:pk>", q.questionnaire_texte, name="questionnaire_texte"),
    path("q/<str:jeton>", avis.avis, name="avis"),
]
