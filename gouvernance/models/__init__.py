"""Models of governance: bodies and their members, meetings, decisions, participation, annual report."""

from .decision import Decision, EtatDecision, TransitionDecision, TypeDecision
from .dialogue import DialogueTerritorial
from .instance import CollegeMembre, Instance, Membre, NatureInstance, NiveauInstance, ReglementInstance
from .participation import (
    EtatProposition,
    FormationMembres,
    Proposition,
    ThemeFormation,
    TransitionProposition,
)
from .questionnaire import (
    EtatQuestionnaire,
    GenreQuestion,
    Moderation,
    Question,
    Questionnaire,
    ReponseQuestion,
    ReponseQuestionnaire,
    TransitionQuestionnaire,
)
from .rapport import Deliberation, EtatVersion, RapportAnnuel, VersionRapport
from .seance import (
    OBJETS_DU_POINT,
    EtatPoint,
    EtatPresence,
    EtatSeance,
    PointOrdreDuJour,
    Presence,
    Seance,
    TransitionSeance,
)

__all__ = [
    "OBJETS_DU_POINT",
    "CollegeMembre",
    "Decision",
    "Deliberation",
    "DialogueTerritorial",
    "EtatDecision",
    "EtatPoint",
    "EtatPresence",
    "EtatProposition",
    "EtatQuestionnaire",
    "EtatSeance",
    "EtatVersion",
    "FormationMembres",
    "GenreQuestion",
    "Instance",
    "Membre",
    "Moderation",
    "NatureInstance",
    "NiveauInstance",
    "PointOrdreDuJour",
    "Presence",
    "Proposition",
    "Question",
    "Questionnaire",
    "RapportAnnuel",
    "ReglementInstance",
    "ReponseQuestion",
    "ReponseQuestionnaire",
    "Seance",
    "ThemeFormation",
    "TransitionDecision",
    "TransitionProposition",
    "TransitionQuestionnaire",
    "TransitionSeance",
    "TypeDecision",
    "VersionRapport",
]
