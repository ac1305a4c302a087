"""What the five source documents call bodies, and how a mandate ends. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from gouvernance.models.instance import NatureInstance, NiveauInstance
from pdi.socle.formats import date_longue

# The words of the documents, accents removed, to the natures of the application.
NATURES: Mapping[str, NatureInstance] = {
    "assemblee deliberante": NatureInstance.ASSEMBLEE,
    "comite de pilotage": NatureInstance.COMITE_PILOTAGE,
    "comite technique": NatureInstance.COMITE_TECHNIQUE,
    "comite territorial": NatureInstance.COMITE_TERRITORIAL,
    "comite de suivi": NatureInstance.COMITE_SUIVI,
    "comité": NatureInstance.COMITE,
    "commission": NatureInstance.COMMISSION,
    "equipe pluridisciplinaire": NatureInstance.EP,
    "dialogue territorial": NatureInstance.DIALOGUE,
    "groupe ressources": NatureInstance.GROUPE_RESSOURCES,
    "conseil consultatif": NatureInstance.CONSEIL_CONSULTATIF,
    "groupe de travail": NatureInstance.GROUPE_TRAVAIL,
    "instance de coordination": NatureInstance.COORDINATION,
    "pacte territorial": NatureInstance.COORDINATION,
    "service public de l'emploi": NatureInstance.COORDINATION,
    "reseau": NatureInstance.RESEAU,
    "observatoire": NatureInstance.OBSERVATOIRE,
    "rencontre": NatureInstance.RENCONTRE,
    "forum": NatureInstance.RENCONTRE,
    "atelier": NatureInstance.RENCONTRE,
    "co-formation": NatureInstance.RENCONTRE,
}


def nature_de(mots: str) -> NatureInstance:
    """Return the nature that a document's words name, « autre » when they name none."""
    return NATURES.get(mots.strip().lower(), NatureInstance.AUTRE)


def niveau_de(mots: str) -> NiveauInstance:
    """Return the level."""
    return NiveauInstance(mots) if mots in NiveauInstance.values else NiveauInstance.DEPARTEMENTAL


def faute_de_fin(debut: datetime.date, fin: datetime.date) -> str:
    """Return why a mandate begun on `debut` cannot have `fin` as its last day, empty when it can."""
    if fin < debut:
        return f"Le mandat a commencé le {date_longue(debut)} : il ne peut pas finir avant."
    return ""
