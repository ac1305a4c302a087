"""Models of the offer."""

from .offre import CategorieOffre, EtatOffre, OffreInsertion
from .referentiel import Frein

__all__ = ["CategorieOffre", "EtatOffre", "Frein", "OffreInsertion"]
