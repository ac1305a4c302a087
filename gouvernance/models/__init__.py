"""Models of governance: bodies and their members, meetings, decisions, annual report."""

from .decision import Decision, EtatDecision, TransitionDecision, TypeDecision
from .instance import CollegeMembre, Instance, Membre, NatureInstance, NiveauInstance, ReglementInstance
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
    "EtatDecision",
    "EtatPoint",
    "EtatPresence",
    "EtatSeance",
    "EtatVersion",
    "Instance",
    "Membre",
    "NatureInstance",
    "NiveauInstance",
    "PointOrdreDuJour",
    "Presence",
    "RapportAnnuel",
    "ReglementInstance",
    "Seance",
    "TransitionDecision",
    "TransitionSeance",
    "TypeDecision",
    "VersionRapport",
]
