"""Columns of exports of structures."""

from __future__ import annotations

from pdi.socle.exports import Colonne

COLONNES_STRUCTURES = (
    Colonne("Nom", "nom", largeur=48),
    Colonne("Sigle", "sigle", largeur=14),
    Colonne("Nature", "get_nature_display", largeur=32),
    Colonne("Rattachée à", lambda s: str(s.parent) if s.parent else "", largeur=40),
    Colonne("Département", "departement.nom", largeur=18),
    Colonne("SIRET", "siret", largeur=16),
    Colonne("Autres noms", lambda s: [n.nom for n in s.noms_alternatifs.all()], largeur=48),
    Colonne("Téléphone", "telephone", largeur=16),
    Colonne("Courriel", "courriel", largeur=30),
    Colonne("Site", "site", largeur=30),
    Colonne("Adresse", "adresse", largeur=40),
    Colonne("En activité", "active", largeur=12),
)
