"""The counter of a session: read and moved under the session's lock, so that capacity is never exceeded.

Who holds a place is a storey above (parcours): it takes and gives back here. When places come back, those who wait
are told through `abonner`, the one thread that goes up.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from decimal import Decimal

from offre.models import QuotaSession, Session
from offre.regles.places import libres

Suite = Callable[[Session], object]
_SUITES: dict[str, Suite] = {}


def abonner(evenement: str, suite: Suite) -> None:
    """Name what an upper storey does, inside the transaction, after `places_rendues` or `session_annulee`."""
    _SUITES[evenement] = suite


def suivre(evenement: str, session: Session) -> None:
    """Tell the upper storey; nothing when it is not there."""
    suite = _SUITES.get(evenement)
    if suite is not None:
        suite(session)


def verrouiller(session: int) -> Session:
    """Return the session locked until the end of the transaction, with `parts`, its locked shares."""
    lue = Session.objects.select_for_update(of=("self",)).select_related("offre").get(pk=session)
    lue.parts = list(lue.quotas.select_for_update())  # type: ignore[attr-defined]
    return lue


def libres_pour(session: Session, publics: Collection[str]) -> Decimal:
    """Return what a person of `publics` may still take of a session read by `verrouiller`."""
    return libres(session.capacite, session.prises, _parts(session), publics)


def _parts(session: Session) -> list[QuotaSession]:
    parts: list[QuotaSession] = session.parts  # type: ignore[attr-defined]
    return parts


def prendre(session: Session, quantite: Decimal, publics: Collection[str]) -> bool:
    """Take `quantite` of a locked session for a person of `publics`; when it is full, take nothing and return False."""
    if quantite > libres_pour(session, publics):
        return False
    _bouger(session, quantite, publics)
    return True


def rendre(session: Session, quantite: Decimal, publics: Collection[str]) -> None:
    """Give `quantite` back to a locked session."""
    _bouger(session, -quantite, publics)


def _bouger(session: Session, quantite: Decimal, publics: Collection[str]) -> None:
    session.prises += quantite
    session.save(update_fields=["prises"])
    for part in _parts(session):
        if part.public in publics:
            part.prises += quantite
            part.save(update_fields=["prises"])


def compter_attente(session: Session, variation: int) -> None:
    """Move the length of the waiting list of a locked session."""
    session.en_attente += variation
    session.save(update_fields=["en_attente"])
