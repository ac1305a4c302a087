"""Models of the ground floor."""

from .avis import Avis
from .etats import LigneEtat
from .filtre import FiltreEnregistre
from .journal import EntreeJournal
from .piece import Piece
from .traitement import EtatTraitement, Traitement

__all__ = ["Avis", "EntreeJournal", "EtatTraitement", "FiltreEnregistre", "LigneEtat", "Piece", "Traitement"]
