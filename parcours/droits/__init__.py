"""Verdicts of the third storey, one module per screen family. What one sees is in querysets.py."""

from .entretiens import peut_changer_entretien, peut_deplacer_entretien, peut_lire_agenda, peut_saisir_entretien
from .personnes import (
    HORS_PORTEE,
    MOTIF_EXIGE,
    MOTIF_MIN,
    ROLES_IDENTITE,
    SANS_NOMINATIF,
    Acces,
    acces,
    avec_acces,
    lire_avec_acces,
    peut_enregistrer_nir,
    peut_exporter_personnes,
    peut_lister_personnes,
    peut_ouvrir_personne,
    peut_suivre,
    voit_consultations,
    voit_sante,
)

__all__ = [
    "HORS_PORTEE",
    "MOTIF_EXIGE",
    "MOTIF_MIN",
    "ROLES_IDENTITE",
    "SANS_NOMINATIF",
    "Acces",
    "acces",
    "avec_acces",
    "lire_avec_acces",
    "peut_changer_entretien",
    "peut_deplacer_entretien",
    "peut_enregistrer_nir",
    "peut_exporter_personnes",
    "peut_lire_agenda",
    "peut_lister_personnes",
    "peut_ouvrir_personne",
    "peut_saisir_entretien",
    "peut_suivre",
    "voit_consultations",
    "voit_sante",
]
