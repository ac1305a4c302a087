"""Models of the ground floor."""

from .avis import Avis
from .etats import LigneEtat
from .journal import EntreeJournal
from .traitement import EtatTraitement, Traitement

__all__ = ["Avis", "EntreeJournal", "EtatTraitement", "LigneEtat", "Traitement"]
