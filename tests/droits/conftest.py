"""The world of the matrix, made once a file, inside a transaction that is never committed."""

from __future__ import annotations

import importlib
import logging
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

from pdi.accueil.views import erreurs
from tests import droits

from .monde import Monde

ECRITURES = ("INSERT", "UPDATE", "DELETE", "TRUNCATE", "MERGE", "COPY")
# What a reading may write: the session's own row, the count of login attempts, and the log of consultations.
# The last one is the point: opening a person's page is personal data read by someone, and the law wants it traced.
PERMISES = ('"django_session"', '"axes_', '"parcours_consultation"')


def modules_de_la_matrice() -> list[Any]:
    """Return every tests/droits/matrice_*.py."""
    noms = [m.name for m in pkgutil.iter_modules(droits.__path__) if m.name.startswith("matrice_")]
    return [importlib.import_module(f"tests.droits.{nom}") for nom in sorted(noms)]


class Ecriture(AssertionError):
    """A request that must not write has written."""


@contextmanager
def rien_ne_s_ecrit() -> Iterator[None]:
    """Refuse every write on the connection, but those of the session."""

    def gardien(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        debut = sql.lstrip(" (\n").upper()
        ecrit = debut.startswith(ECRITURES) or (debut.startswith("WITH") and any(f" {m} " in debut for m in ECRITURES))
        if ecrit and not any(table in sql for table in PERMISES):
            raise Ecriture(f"Cette requête écrit : {sql[:200]}")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(gardien):
        yield


@contextmanager
def puis_tout_oublier() -> Iterator[None]:
    """Undo what the block writes."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def refus_ecrits_une_fois() -> Iterator[None]:
    """Lay out the page of a refusal once for each account, then answer its status alone, without logging it.

    Thousands of requests are refused here for their status; what the page says has its own tests.
    """
    vus: set[tuple[Any, ...]] = set()
    mettre_en_page = erreurs._page

    def page(request: HttpRequest, statut: int, gabarit: str, **contexte: Any) -> HttpResponse:
        refus = (request.user.pk, gabarit, bool(contexte.get("motif")))
        if refus in vus:
            return HttpResponse(status=statut)
        vus.add(refus)
        return mettre_en_page(request, statut, gabarit, **contexte)

    journal = logging.getLogger("django.request")
    niveau = journal.level
    with pytest.MonkeyPatch.context() as remplacer:
        remplacer.setattr(erreurs, "_page", page)
        journal.setLevel(logging.ERROR)
        yield
        journal.setLevel(niveau)


@pytest.fixture(scope="module")
def monde(django_db_setup: None, django_db_blocker: Any) -> Iterator[Monde]:
    """The world, with what each matrice_*.py adds to it."""
    with django_db_blocker.unblock(), refus_ecrits_une_fois():
        bloc = transaction.atomic()
        bloc.__enter__()
        try:
            cree = Monde()
            for module in modules_de_la_matrice():
                if hasattr(module, "preparer"):
                    module.preparer(cree)
            yield cree
        finally:
            transaction.set_rollback(True)
            bloc.__exit__(None, None, None)
