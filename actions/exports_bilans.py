"""Columns of the exports of bilans."""

from __future__ import annotations

from actions.avancement import RangBilan
from actions.models import Campagne
from pdi.socle.exports import Colonne

COLONNES_BILANS = (
    Colonne("N° de fiche", "bilan.fiche.numero", largeur=10),
    Colonne("Fiche-action", "bilan.fiche.intitule", largeur=60),
    Colonne("Service pilote", "service", largeur=24),
    Colonne("Pilotes", lambda rang: ", ".join(str(p) for p in rang.pilotes), largeur=30),
    Colonne("État du bilan", "affichage.libelle", largeur=16),
    Colonne("Depuis le", "depuis", type="date", largeur=16),
    Colonne("Jours de retard", "jours_de_retard", type="nombre", largeur=14),
    Colonne("Indicateurs suivis", "decompte.total", type="nombre", largeur=14),
    Colonne("Indicateurs renseignés", "decompte.renseignes", type="nombre", largeur=14),
    Colonne("Indicateurs avec cible", "decompte.avec_cible", type="nombre", largeur=14),
    Colonne("Cibles atteintes", "decompte.atteintes", type="nombre", largeur=14),
    Colonne("Dernière relance", "relance_le", type="date", largeur=14),
    Colonne("Bilan de l’année", lambda rang: _lisible(rang, rang.bilan.realisations), largeur=80),
    Colonne("Perspectives", lambda rang: _lisible(rang, rang.bilan.perspectives), largeur=60),
    Colonne("Changement proposé", lambda rang: _lisible(rang, rang.bilan.changement_propose), largeur=40),
)


def _lisible(rang: RangBilan, texte: str) -> str:
    """Return the text only to who may open the bilan."""
    return texte if rang.lisible else ""


def nom_fichier(campagne: Campagne) -> str:
    """Return the name of the exported file, without extension."""
    return f"bilans-{campagne.annee}-{campagne.programme.code}"
