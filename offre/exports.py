"""Columns of the export of the catalogue."""

from __future__ import annotations

from offre.regles.fiches import completude
from offre.versions import contenu_de
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
    Colonne("Places ou heures libres", "libres", type="nombre", largeur=10),
    Colonne("Unité de ce qui est libre", "libres_unite", largeur=12),
    Colonne("Prochaine session", "prochaine", type="date", largeur=14),
    Colonne("Lieux", lambda o: [str(lieu) for lieu in o.lieux.all()], largeur=40),
    Colonne("Durée", "duree_texte", largeur=40),
    Colonne("Thèmes", "thematiques", largeur=28),
    Colonne("Freins visés", lambda o: [f.libelle for f in o.freins.all()], largeur=28),
    Colonne("Prescrite par", "prescripteurs", largeur=34),
    Colonne(
        "Contact", lambda o: [m for m in (o.contact_nom, o.contact_telephone, o.contact_courriel) if m], largeur=30
    ),
    Colonne("Confirmée le", "confirmee_le", type="date", largeur=14),
)

COLONNES_FICHES = (
    Colonne("N°", "numero", largeur=8),
    Colonne("Offre", "intitule", largeur=48),
    Colonne("État", "get_etat_display", largeur=14),
    Colonne("Opérateurs", lambda o: [str(s) for s in o.operateurs.all()], largeur=42),
    Colonne("Complétude", lambda o: completude(contenu_de(o)).pourcentage, type="pourcentage", largeur=12),
    Colonne("Manque", lambda o: list(completude(contenu_de(o)).manques), largeur=40),
    Colonne("Confirmée le", "confirmee_le", type="date", largeur=14),
    Colonne("Modification en cours", lambda o: o.proposees[0].get_etat_display() if o.proposees else "", largeur=18),
    Colonne("Modifiée le", "modifiee_le", type="date", largeur=16),
)
