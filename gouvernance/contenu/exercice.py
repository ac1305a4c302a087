"""What belongs to the year of the report: later facts stay out. Pure.

A step keeps no history but its dates. One done after the year is « en cours » in it; one done without a date is
done. The percentages are not dated at all: they are those of the day of the compilation, and the document says so.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence

from actions.models import Anomalie, Etape, EtatEtape
from actions.regles.anomalies import Constat, FaitEtape, etapes_en_retard, statut_contraire_aux_etapes

OUVERTES = frozenset({EtatEtape.A_VENIR, EtatEtape.EN_COURS})
_CODE_ANNUEL = re.compile(r"^taux-(?:hors-bornes|incoherent)-\d+-(\d{4})$")


def fin_exercice(annee: int) -> datetime.date:
    """Return the last day of the year."""
    return datetime.date(annee, 12, 31)


def etapes_de_l_exercice(etapes: Sequence[Etape], annee: int) -> list[Etape]:
    """Return the steps begun, or to begin, by the end of the year; a step without a beginning belongs to it."""
    return [e for e in etapes if e.debut is None or e.debut <= fin_exercice(annee)]


def etat_a_la_fin(etape: Etape, annee: int) -> EtatEtape:
    """Return where the step stood at the end of the year."""
    if etape.etat == EtatEtape.REALISEE and etape.realisee_le and etape.realisee_le > fin_exercice(annee):
        return EtatEtape.EN_COURS
    return EtatEtape(etape.etat)


def en_retard(etape: Etape, annee: int, jour: datetime.date) -> bool:
    """Tell whether the deadline was passed, on `jour`, and within the year, with the step still open."""
    dernier = min(fin_exercice(annee), jour - datetime.timedelta(days=1))
    return bool(etape.echeance and etape.echeance <= dernier and etat_a_la_fin(etape, annee) in OUVERTES)


def constat_de_l_exercice(
    anomalie: Anomalie, statut: str, etapes: Sequence[Etape], annee: int, jour: datetime.date
) -> Constat | None:
    """Return the anomaly as the year knows it, None when only later facts make it.

    Those told from the steps are told again from the steps of the year; those of the figures of a later year leave.
    What a person noted, or what bears no date, stays as it is.
    """
    tel_quel = Constat(
        anomalie.code, anomalie.titre, anomalie.constat, tuple((p["libelle"], p["valeur"]) for p in anomalie.pese)
    )
    if not anomalie.calculee:
        return tel_quel
    annuel = _CODE_ANNUEL.match(anomalie.code)
    if annuel:
        return tel_quel if int(annuel[1]) <= annee else None
    faits = [FaitEtape(e.intitule, etat_a_la_fin(e, annee), e.echeance) for e in etapes]
    if anomalie.code == "etapes-en-retard":
        return etapes_en_retard(faits, min(fin_exercice(annee) + datetime.timedelta(days=1), jour))
    if anomalie.code == "realisee-avec-etapes-ouvertes":
        return statut_contraire_aux_etapes(statut, faits)
    return tel_quel
