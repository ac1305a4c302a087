"""Columns of exports of accounts."""

from __future__ import annotations

from pdi.socle.exports import Colonne

from .models import Utilisateur


def _roles(utilisateur: Utilisateur) -> list[str]:
    return [f"{h} – {h.structure}" if h.structure else str(h) for h in utilisateur.habilitations_du_jour]  # type: ignore[attr-defined]


COLONNES_UTILISATEURS = (
    Colonne("Nom", "nom", largeur=24),
    Colonne("Prénom", "prenom", largeur=18),
    Colonne("Adresse électronique", "courriel", largeur=34),
    Colonne("Fonction", "fonction", largeur=28),
    Colonne("Rôles du jour", _roles, largeur=48),
    Colonne("Dernière connexion", "last_login", type="date"),
    Colonne("Actif", "is_active", largeur=8),
)
