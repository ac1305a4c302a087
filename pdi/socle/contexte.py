"""Who is writing, from where: the ambient context that the journal records."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_ecran: ContextVar[str] = ContextVar("ecran", default="")
_requete: ContextVar[str] = ContextVar("requete", default="")


def ecran_courant() -> str:
    """Return the name of the screen, command or job that is running (never a URL with data in it)."""
    return _ecran.get()


def requete_courante() -> str:
    """Return the identifier of the current request, for the logs."""
    return _requete.get()


@contextmanager
def depuis(ecran: str, requete: str = "") -> Iterator[None]:
    """Run the block as coming from `ecran`."""
    jeton, jeton_requete = _ecran.set(ecran[:120]), _requete.set(requete)
    try:
        yield
    finally:
        _ecran.reset(jeton)
        _requete.reset(jeton_requete)
