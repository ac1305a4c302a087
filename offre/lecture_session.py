"""The page of one session: places, shares explained, what the reader may do."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from offre.droits import acteurs_de_session
from offre.models import EtatSession, QuotaSession, Session
from offre.regles.places import libres
from offre.regles.sessions import AUTOMATE_SESSION, OPERATEUR, SituationSession, situation, taux
from pdi.comptes.models import Role
from pdi.socle.composants import Evenement

# Who reads names, a storey above; the operator of the session only among operators.
ROLES_NOMS = (Role.ADMINISTRATEUR, Role.ENCADRANT, Role.REFERENT, Role.AGENT_ORIENTATION)
ICONES = {
    EtatSession.PREPAREE: "pencil-square", EtatSession.OUVERTE: "check-lg", EtatSession.FERMEE: "lock-fill",
    EtatSession.ANNULEE: "x-lg",
}  # fmt: skip


@dataclass(frozen=True)
class PartLue:
    """A share, and what it still keeps aside."""

    part: QuotaSession
    gardees: Decimal


class LectureSession:
    """One session as one reader sees it, its shares prefetched."""

    def __init__(self, session: Session, utilisateur: Any, jour: datetime.date) -> None:
        """Keep them."""
        self.session, self.utilisateur, self.jour = session, utilisateur, jour

    @cached_property
    def acteurs(self) -> set[str]:
        """Return what the reader is to it."""
        return acteurs_de_session(self.utilisateur, self.session.operateur_id)

    @cached_property
    def situation(self) -> SituationSession:
        """Return how it stands."""
        return situation(self.session, self.jour)

    @property
    def libres_pour_tous(self) -> Decimal:
        """Return what is left for somebody whom no share is kept for."""
        return libres(self.session.capacite, self.session.prises, list(self.session.quotas.all()), ())

    @property
    def taux(self) -> Decimal | None:
        """Return the occupancy in percent."""
        return taux(self.session.prises, self.session.capacite)

    @property
    def parts(self) -> list[PartLue]:
        """Return the shares."""
        return [PartLue(q, max(q.reservees - q.prises, Decimal(0))) for q in self.session.quotas.all()]

    @cached_property
    def gestes(self) -> set[str]:
        """Return the verbs the reader may do now, « modifier » and « dupliquer » included."""
        if not self.acteurs:
            return set()
        verbes = {t.verbe for t in AUTOMATE_SESSION.depuis(self.session.etat) if self.acteurs & set(t.qui)}
        if self.session.etat != EtatSession.ANNULEE:
            verbes.add("modifier")
        return verbes | {"dupliquer"}

    @property
    def voit_inscrits(self) -> bool:
        """Return whether the list of the enrolled says something to the reader."""
        return self.utilisateur.a_role(*ROLES_NOMS) or OPERATEUR in self.acteurs

    @property
    def evenements(self) -> list[Evenement]:
        """Return its changes of state, latest first; who made them only to who keeps it."""
        return [
            Evenement(
                ligne.jour, EtatSession(ligne.vers).label,
                ". ".join(m for m in (str(ligne.par or "") if self.acteurs else "", ligne.commentaire) if m),
                ICONES[EtatSession(ligne.vers)], domaine="offre",
            )
            for ligne in self.session.transitions.select_related("par")
        ]  # fmt: skip
