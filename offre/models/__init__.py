"""Models of the offer."""

from .alerte import AlerteOffres
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
from .echange import JetonApi, NatureReference, ReferenceExterne
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
from .proposition import EtatProposition, PropositionOffre, TransitionProposition
from .realisation import Realisation, TypeRealisation
from .referentiel import Frein
from .session import EtatSession, QuotaSession, Session, TransitionSession

__all__ = [
    "AlerteOffres",
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
    "EtatProposition",
    "EtatSession",
    "Frein",
    "JetonApi",
    "LieuOffre",
    "MontantConvention",
    "NatureReference",
    "ObjectifConvention",
    "OffreInsertion",
    "PropositionOffre",
    "QuotaSession",
    "Realisation",
    "ReferenceExterne",
    "Session",
    "TransitionBilanOperateur",
    "TransitionConvention",
    "TransitionOffre",
    "TransitionProposition",
    "TransitionSession",
    "TypeAdmis",
    "TypeRealisation",
    "UniteCapacite",
    "VersionOffre",
]
