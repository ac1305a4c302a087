"""Models of the offer."""

from .bilan import BilanOperateur, CampagneOperateurs, EtatBilanOperateur, TransitionBilanOperateur
from .convention import (
    AvenantConvention,
    BaremeConvention,
    Convention,
    EtatConvention,
    MontantConvention,
    ObjectifConvention,
    TransitionConvention,
)
from .offre import (
    CapaciteOffre,
    CategorieOffre,
    ConditionFoyer,
    EtatOffre,
    LieuOffre,
    OffreInsertion,
    TransitionOffre,
    TypeAdmis,
    UniteCapacite,
    VersionOffre,
)
from .realisation import Realisation, TypeRealisation
from .referentiel import Frein
from .session import EtatSession, QuotaSession, Session, TransitionSession

__all__ = [
    "AvenantConvention",
    "BaremeConvention",
    "BilanOperateur",
    "CampagneOperateurs",
    "CapaciteOffre",
    "CategorieOffre",
    "ConditionFoyer",
    "Convention",
    "EtatBilanOperateur",
    "EtatConvention",
    "EtatOffre",
    "EtatSession",
    "Frein",
    "LieuOffre",
    "MontantConvention",
    "ObjectifConvention",
    "OffreInsertion",
    "QuotaSession",
    "Realisation",
    "Session",
    "TransitionBilanOperateur",
    "TransitionConvention",
    "TransitionOffre",
    "TransitionSession",
    "TypeAdmis",
    "TypeRealisation",
    "UniteCapacite",
    "VersionOffre",
]
