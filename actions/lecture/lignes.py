"""One row a fiche: its pilotes, its bilan of the year, its figures, what deserves attention."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from actions.figures import Decompte
from actions.models import (
    Anomalie,
    Bilan,
    Campagne,
    Etape,
    EtatAnomalie,
    EtatBilan,
    EtatEtape,
    FicheAction,
    StatutFiche,
)
from actions.presentation import STATUTS_FICHE, affichage
from actions.regles.anomalies import programme_echu
from actions.regles.bilans import phase
from pdi.socle.composants import Affichage
from pdi.socle.formats import compte, date_longue

from .commun import compter, en_retard_depuis


def decorer(fiches: QuerySet[FicheAction], jour: datetime.date) -> QuerySet[FicheAction]:
    """Add the counts shown beside a fiche: steps, steps late, anomalies to treat."""
    retard = {"echeance__lt": jour, "etat__in": [EtatEtape.A_VENIR, EtatEtape.EN_COURS]}
    return fiches.annotate(
        nb_etapes=compter(Etape),
        nb_realisees=compter(Etape, etat=EtatEtape.REALISEE),
        nb_etapes_en_retard=compter(Etape, **retard),
        nb_anomalies=compter(Anomalie, etat=EtatAnomalie.OUVERTE),
    )


@dataclass(frozen=True)
class LigneFiche:
    """One row: a fiche, its pilotes, its bilan of the year, its figures, what deserves attention."""

    fiche: Any
    services: list[str]
    bilan: Bilan | None
    decompte: Decompte
    signaler: list[str]

    @property
    def statut(self) -> Affichage:
        """Return how the status is shown."""
        return STATUTS_FICHE[self.fiche.statut]

    @property
    def statut_notable(self) -> bool:
        """Return whether the status says more than « in progress » (a reference programme's is not followed)."""
        return self.fiche.statut != StatutFiche.EN_COURS and not self.fiche.programme.reference

    @property
    def phase(self) -> str:
        """Return the phase of the bilan, empty when there is none."""
        return phase(self.bilan.etat, commence=self.bilan.modifie_le is not None) if self.bilan else ""

    @property
    def etat_bilan(self) -> Affichage | None:
        """Return how the bilan's state is shown."""
        bilan = self.bilan
        return affichage(bilan.etat, commence=bilan.modifie_le is not None) if bilan else None

    @property
    def bilan_depuis(self) -> datetime.datetime | None:
        """Return when the bilan came into its state."""
        bilan = self.bilan
        if bilan is None:
            return None
        dates = {
            EtatBilan.SOUMIS: bilan.soumis_le,
            EtatBilan.A_CORRIGER: bilan.renvoye_le,
            EtatBilan.VALIDE: bilan.valide_le,
        }
        return dates.get(EtatBilan(bilan.etat), bilan.modifie_le)


def a_signaler(
    fiche: Any, bilan: Bilan | None, decompte: Decompte, campagne: Campagne | None, annee: int, jour: datetime.date
) -> list[str]:
    """Return what deserves attention in a fiche, most urgent first."""
    signaux = []
    if (
        campagne
        and bilan
        and campagne.etat == "ouverte"
        and bilan.etat in {EtatBilan.A_RENSEIGNER, EtatBilan.A_CORRIGER}
    ):
        verbe = "reprendre" if bilan.etat == EtatBilan.A_CORRIGER else "écrire"
        if jour > campagne.soumission_avant:
            signaux.append(f"Bilan à {verbe}, {compte((jour - campagne.soumission_avant).days, 'jour')} de retard")
        else:
            signaux.append(f"Bilan à {verbe} avant le {date_longue(campagne.soumission_avant, annee=False)}")
    if fiche.nb_anomalies:
        signaux.append(compte(fiche.nb_anomalies, "anomalie à traiter", "anomalies à traiter"))
    if not fiche.programme.reference and not programme_echu(fiche.programme.annee_fin, jour):
        if jours := en_retard_depuis(fiche, jour):
            signaux.append(f"Échéance dépassée de {compte(jours, 'jour')}")
        if fiche.nb_etapes_en_retard:
            signaux.append(compte(fiche.nb_etapes_en_retard, "étape en retard", "étapes en retard"))
        if decompte.manquants and (campagne or annee < jour.year):
            signaux.append(compte(decompte.manquants, "indicateur manquant", "indicateurs manquants"))
    return signaux
