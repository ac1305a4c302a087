"""State machine of sessions. Pure."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from offre.models import EtatSession
from pdi.socle.composants import Situation
from pdi.socle.etats import Automate, Transition

OPERATEUR, SERVICE = "operateur", "service"
ACTEURS = {OPERATEUR: "opérateur de la session", SERVICE: "chargés de programme et administrateurs"}
TOUS = (OPERATEUR, SERVICE)

AUTOMATE_SESSION = Automate(
    nom="Session",
    objet="la session",
    etats=EtatSession,
    acteurs=ACTEURS,
    source="Catalogue of the offer: sessions and places.",
    transitions=(
        Transition("", EtatSession.PREPAREE, "preparer_session", "Préparer", TOUS, "offer not archived"),
        Transition(EtatSession.PREPAREE, EtatSession.OUVERTE, "ouvrir_session", "Ouvrir aux inscriptions", TOUS),
        Transition(EtatSession.FERMEE, EtatSession.OUVERTE, "ouvrir_session", "Rouvrir aux inscriptions", TOUS),
        Transition(EtatSession.OUVERTE, EtatSession.FERMEE, "fermer_session", "Clore les inscriptions", TOUS),
        *(
            Transition(
                etat, EtatSession.ANNULEE, "annuler_session", "Annuler", TOUS,
                "the enrolled are told; their places are given back", commentaire=True,
            )
            for etat in (EtatSession.PREPAREE, EtatSession.OUVERTE, EtatSession.FERMEE)
        ),
    ),
    contraintes=("session_dates_dans_l_ordre", "session_non_depassee", "session_annulation_motivee"),
)  # fmt: skip

# -- how a session stands, in words ------------------------------------------------------------


@dataclass(frozen=True)
class SituationSession(Situation):
    """How a session stands on a day. `inscrit`: whether one may still be enrolled."""

    inscrit: bool = False


PREPAREE = SituationSession("preparee", "En préparation", "neutre", "pencil-square")
ANNULEE = SituationSession("annulee", "Annulée", "neutre", "x-lg")
PASSEE = SituationSession("passee", "Terminée", "neutre", "check-lg")
CLOSE = SituationSession("close", "Inscriptions closes", "neutre", "lock-fill")
COMPLETE = SituationSession("complete", "Complète", "veille", "hourglass-split", inscrit=True)
OUVERTE = SituationSession("ouverte", "Inscriptions ouvertes", "bon", "check-lg", inscrit=True)
SITUATIONS = {s.code: s for s in (OUVERTE, COMPLETE, CLOSE, PREPAREE, PASSEE, ANNULEE)}


def situation(session: Any, jour: datetime.date) -> SituationSession:
    """Return how `session` stands on `jour`: cancelled and past win over what was open."""
    if session.etat == EtatSession.ANNULEE:
        return ANNULEE
    if session.fin is not None and session.fin < jour:
        return PASSEE
    if session.etat == EtatSession.PREPAREE:
        return PREPAREE
    limite = session.inscription_jusqu_au
    if session.etat == EtatSession.FERMEE or (limite is not None and limite < jour):
        return CLOSE
    return COMPLETE if session.prises >= session.capacite else OUVERTE


# -- another session alike ---------------------------------------------------------------------


@dataclass(frozen=True)
class Dates:
    """First and last day, and last day to enrol."""

    debut: datetime.date
    fin: datetime.date | None = None
    inscription_jusqu_au: datetime.date | None = None

    def a_partir_du(self, debut: datetime.date) -> Dates:
        """Return the same dates moved so that they begin on `debut`."""
        ecart = debut - self.debut
        return Dates(
            debut,
            self.fin + ecart if self.fin else None,
            self.inscription_jusqu_au + ecart if self.inscription_jusqu_au else None,
        )


def taux(prises: Decimal, capacite: Decimal) -> Decimal | None:
    """Return the occupancy in percent, None when there is no capacity."""
    return prises * 100 / capacite if capacite else None
