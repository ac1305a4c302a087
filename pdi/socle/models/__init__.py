"""Models of the ground floor."""

from .avis import Avis
from .ecriture import Ecriture
from .etats import LigneEtat
from .filtre import FiltreEnregistre
from .imports import (
    LIGNES_A_TRAITER,
    LIGNES_PRETES,
    AnomalieImport,
    CorrespondanceImport,
    EtatLigne,
    EtatLot,
    LigneImport,
    LotImport,
    TransitionLot,
)
from .journal import EntreeJournal
from .piece import Piece
from .traitement import EtatTraitement, Traitement

__all__ = [
    "LIGNES_A_TRAITER",
    "LIGNES_PRETES",
    "AnomalieImport",
    "Avis",
    "CorrespondanceImport",
    "Ecriture",
    "EntreeJournal",
    "EtatLigne",
    "EtatLot",
    "EtatTraitement",
    "FiltreEnregistre",
    "LigneEtat",
    "LigneImport",
    "LotImport",
    "Piece",
    "Traitement",
    "TransitionLot",
]
