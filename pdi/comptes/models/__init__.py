"""Models of accounts."""

from .habilitation import ROLES_DEPARTEMENT, Habilitation, Role
from .utilisateur import Densite, Theme, Utilisateur

__all__ = ["ROLES_DEPARTEMENT", "Densite", "Habilitation", "Role", "Theme", "Utilisateur"]
