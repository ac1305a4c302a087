"""State machine of proposals, renewals due, attendance rates. Pure."""

from __future__ import annotations

import datetime
from decimal import Decimal

from gouvernance.models.instance import NatureInstance
from gouvernance.models.participation import EtatProposition
from pdi.socle.etats import Automate, Transition

from .seances import ACTEURS_SEANCE, SECRETARIAT

# Bodies where the people concerned speak. Source: « groupe ressources » (Essonne), « groupe d’expression » (Yvelines).
NATURES_PARTICIPATION = (NatureInstance.GROUPE_RESSOURCES, NatureInstance.CONSEIL_CONSULTATIF)
RENOUVELLEMENT = datetime.timedelta(days=183)  # a mandate that ends within six months is to renew

_S = (SECRETARIAT,)
_ATTENTE = (EtatProposition.DEPOSEE, EtatProposition.EXAMINEE)
AUTOMATE_PROPOSITION = Automate(
    nom="Proposition",
    objet="la proposition",
    etats=EtatProposition,
    acteurs=ACTEURS_SEANCE,
    source="Essonne 2022-2026: what the groupe ressources and the territorial dialogues propose has an answer.",
    transitions=(
        Transition("", EtatProposition.DEPOSEE, "deposer_proposition", "Déposer", _S),
        Transition(
            EtatProposition.DEPOSEE, EtatProposition.EXAMINEE, "examiner_proposition", "Dire examinée", _S,
            "also done by the first decision noted on a point about it",
        ),
        *(
            Transition(e, EtatProposition.RETENUE, "retenir_proposition", "Retenir", _S,
                       "the decision or the fiche that takes it")
            for e in _ATTENTE
        ),
        *(
            Transition(e, EtatProposition.ECARTEE, "ecarter_proposition", "Écarter", _S, commentaire=True)
            for e in _ATTENTE
        ),
        Transition(
            EtatProposition.RETENUE, EtatProposition.REALISEE, "realiser_proposition", "Dire mise en œuvre", _S,
            "what was done", commentaire=True,
        ),
        *(
            Transition(e, EtatProposition.EXAMINEE, "reexaminer_proposition", "Réexaminer", _S, commentaire=True)
            for e in (EtatProposition.RETENUE, EtatProposition.ECARTEE, EtatProposition.REALISEE)
        ),
    ),
    contraintes=("proposition_suite_dite",),
)  # fmt: skip

TONS_PROPOSITION = {
    EtatProposition.DEPOSEE: ("neutre", "inbox"), EtatProposition.EXAMINEE: ("info", "chat-left-text-fill"),
    EtatProposition.RETENUE: ("bon", "check-lg"), EtatProposition.ECARTEE: ("neutre", "x-lg"),
    EtatProposition.REALISEE: ("bon", "check-circle-fill"),
}  # fmt: skip


def a_renouveler(fin: datetime.date | None, jour: datetime.date) -> bool:
    """Return whether a mandate whose first day out is `fin` is to renew soon."""
    return fin is not None and jour < fin <= jour + RENOUVELLEMENT


def taux(numerateur: int, denominateur: int) -> Decimal | None:
    """Return a rate in percent, None when nobody was expected."""
    return Decimal(numerateur) * 100 / denominateur if denominateur else None
