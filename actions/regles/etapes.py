"""The progress of a step and the status of a fiche: what goes together. Pure."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from actions.models.fiche import StatutFiche
from actions.models.objectif import EtatEtape
from pdi.socle.droits import RegleMetier

# A status that stops or delays the action says why.
STATUTS_MOTIVES = frozenset({StatutFiche.EN_PAUSE, StatutFiche.ABANDONNEE, StatutFiche.BLOQUEE})


@dataclass(frozen=True, slots=True)
class Avancement:
    """How far a step is, once made consistent."""

    etat: str
    avancement: int
    realisee_le: datetime.date | None


def avancement_coherent(
    *, etat: str, avancement: int | None, realisee_le: datetime.date | None, jour: datetime.date
) -> Avancement:
    """Return a consistent progress: a step done is at 100 % and has a date (`jour` when none is given).

    Raises RegleMetier, with the field, when what is entered cannot be understood in one way.
    """
    part = avancement or 0
    if etat == EtatEtape.REALISEE:
        if realisee_le and realisee_le > jour:
            raise RegleMetier("Une étape réalisée ne peut pas l’être dans le futur.", champ="realisee_le")
        return Avancement(etat, 100, realisee_le or jour)
    if not 0 <= part <= 100:
        raise RegleMetier("L’avancement va de 0 à 100 %.", champ="avancement")
    if part == 100:
        raise RegleMetier("Une étape à 100 % est réalisée : choisissez l’état « Réalisée ».", champ="etat")
    if etat == EtatEtape.A_VENIR and part:
        raise RegleMetier("Une étape commencée n’est plus « À venir » : choisissez « En cours ».", champ="etat")
    if realisee_le:
        raise RegleMetier("Seule une étape réalisée porte une date de réalisation.", champ="realisee_le")
    return Avancement(etat, part, None)


def motif_exige(statut: str) -> bool:
    """Return whether the status must be explained."""
    return statut in STATUTS_MOTIVES
