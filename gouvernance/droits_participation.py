"""Who writes what in participation: proposals and dialogues follow their body, a questionnaire what it is about."""

from __future__ import annotations

from typing import Any

from gouvernance.models import DialogueTerritorial, EtatQuestionnaire, Instance, Proposition, Questionnaire
from gouvernance.querysets import ROLES_GOUVERNANCE, ROLES_LECTURE_GOUVERNANCE
from offre.droits import peut_tenir_session
from pdi.socle.droits import OUI, Verdict, non, pas_maintenant

from .droits_instances import RESERVE, peut_tenir_instance, tient

RESERVE_QUESTIONNAIRE = (
    "Un questionnaire est tenu par le secrétariat de l’instance, par qui tient la session, et par les chargés de "
    "programme et les administrateurs."
)


def peut_lire_participation(utilisateur: Any) -> Verdict:
    """Read the figures of participation."""
    if utilisateur.is_authenticated and utilisateur.a_role(*ROLES_LECTURE_GOUVERNANCE):
        return OUI
    return non("Les chiffres de la participation se lisent dans les services du Département et à la direction.")


def peut_tenir_proposition(utilisateur: Any, proposition: Proposition) -> Verdict:
    """Correct a proposal, say what becomes of it."""
    return OUI if tient(utilisateur, proposition.instance) else non(RESERVE)


def peut_creer_dialogues(utilisateur: Any) -> Verdict:
    """Create the dialogues of a year, one a territory."""
    if utilisateur.is_authenticated and utilisateur.a_role(*ROLES_GOUVERNANCE):
        return OUI
    return non("Les dialogues de l’année se créent par les chargés de programme et les administrateurs.")


def peut_tenir_dialogue(utilisateur: Any, dialogue: DialogueTerritorial) -> Verdict:
    """Date a dialogue, generate its sheet, note its proposals."""
    return peut_tenir_instance(utilisateur, dialogue.instance)


def peut_creer_questionnaire(utilisateur: Any) -> Verdict:
    """Prepare a questionnaire: managers, and the secretaries of a body."""
    if utilisateur.is_authenticated and (
        utilisateur.a_role(*ROLES_GOUVERNANCE) or Instance.objects.tenues_par(utilisateur).exists()
    ):
        return OUI
    return non("Un questionnaire se prépare par les secrétaires d’instance et les chargés de programme.")


def peut_tenir_questionnaire(utilisateur: Any, questionnaire: Questionnaire) -> Verdict:
    """Change a questionnaire, open it, close it, read its texts before the others."""
    if not utilisateur.is_authenticated or not utilisateur.roles():
        return non(RESERVE_QUESTIONNAIRE)
    if utilisateur.a_role(*ROLES_GOUVERNANCE) or questionnaire.auteur_id == utilisateur.pk:
        return OUI
    if questionnaire.seance is not None and tient(utilisateur, questionnaire.seance.instance):
        return OUI
    if questionnaire.session is not None:
        return peut_tenir_session(utilisateur, questionnaire.session)
    return non(RESERVE_QUESTIONNAIRE)


def peut_ecrire_questionnaire(utilisateur: Any, questionnaire: Questionnaire) -> Verdict:
    """Change its questions: only while nobody can have answered."""
    verdict = peut_tenir_questionnaire(utilisateur, questionnaire)
    if verdict and questionnaire.etat != EtatQuestionnaire.BROUILLON:
        return pas_maintenant("Ce questionnaire a été ouvert : ses questions ne changent plus.")
    return verdict
