"""Models of governance: the annual execution report."""

from .rapport import Deliberation, EtatVersion, RapportAnnuel, VersionRapport

__all__ = ["Deliberation", "EtatVersion", "RapportAnnuel", "VersionRapport"]
