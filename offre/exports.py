"""Columns of the export of the catalogue."""

from __future__ import annotations

from pdi.socle.exports import Colonne

COLONNES_OFFRES = (
    Colonne("N°", "numero", largeur=8),
    Colonne("Offre", "intitule", largeur=48),
    Colonne("Catégorie", "get_categorie_display", largeur=30),
    Colonne("Opérateurs", lambda o: [str(s) for s in o.operateurs.all()], largeur=42),
    Colonne("Publics", "publics", largeur=50),
    Colonne("Conditions d’accès", "conditions_acces", largeur=50),
    Colonne("Âges", "ages", largeur=18),
    Colonne("Places", "places", type="nombre", largeur=10),
    Colonne("Unité des places", "places_unite", largeur=20),
    Colonne("Durée", "duree_texte", largeur=40),
    Colonne("Freins visés", lambda o: [f.libelle for f in o.freins.all()], largeur=28),
    Colonne("Prescrite par", "prescripteurs", largeur=34),
)
