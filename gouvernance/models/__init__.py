"""Models of governance: bodies and their members, meetings, decisions, participation, annual report."""

from .avenant import (
    Avenant,
    EtatAvenant,
    EtatModification,
    ModificationFiche,
    OrigineModification,
    TransitionAvenant,
    TransitionModification,
)
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
from .piece import PieceDecision, PieceSeance
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
    "Avenant",
    "CollegeMembre",
    "Decision",
    "Deliberation",
    "DialogueTerritorial",
    "EtatAvenant",
    "EtatDecision",
    "EtatModification",
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
    "ModificationFiche",
    "NatureInstance",
    "NiveauInstance",
    "OrigineModification",
    "PieceDecision",
    "PieceSeance",
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
    "TransitionAvenant",
    "TransitionDecision",
    "TransitionModification",
    "TransitionProposition",
    "TransitionQuestionnaire",
    "TransitionSeance",
    "TypeDecision",
    "VersionRapport",
]
