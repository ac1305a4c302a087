"""Models of governance: bodies and their members, annual report."""

from .instance import CollegeMembre, Instance, Membre, NatureInstance, NiveauInstance, ReglementInstance
from .rapport import Deliberation, EtatVersion, RapportAnnuel, VersionRapport

__all__ = [
    "CollegeMembre",
    "Deliberation",
    "EtatVersion",
    "Instance",
    "Membre",
    "NatureInstance",
    "NiveauInstance",
    "RapportAnnuel",
    "ReglementInstance",
    "VersionRapport",
]
