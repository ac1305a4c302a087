"""Models of territories."""

from .commune import Commune, Departement, Epci
from .territoire_action import CommuneTerritoire, NatureTerritoire, TerritoireAction

__all__ = ["Commune", "CommuneTerritoire", "Departement", "Epci", "NatureTerritoire", "TerritoireAction"]
