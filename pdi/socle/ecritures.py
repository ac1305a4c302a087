"""Prints of the tables: whether anything was written in one since.

A trigger on each table notes each statement that writes in it (`Ecriture`). The print of a table changes with every
committed write: the number of its rows grows, and gathering old ones leaves a row that is newer than all.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.db import connection, transaction

from .models import Ecriture, EntreeJournal

# Written at every request or by jobs of their own, and read by no page that is kept.
SANS_TEMOIN = frozenset({
    Ecriture._meta.db_table, "django_session", "django_migrations", "django_content_type", "auth_permission",
    "axes_accessattempt", "axes_accesslog", "axes_accessfailurelog", "axes_accessattemptexpiration",
})  # fmt: skip
JOURNAL = EntreeJournal._meta.db_table
# Columns that change without anything shown changing: a sign-in is no news of the account.
SANS_EFFET = {"comptes_utilisateur": ("last_login",)}
MOTS = re.compile(r"[a-z_][a-z0-9_]*")

_MARQUES = "SELECT table_ecrite, concat_ws(' ', count(*), max(id), max(le)) FROM socle_ecriture"


@lru_cache(maxsize=1)
def tables() -> frozenset[str]:
    """Return every table of the application."""
    return frozenset(m._meta.db_table for m in apps.get_models(include_auto_created=True) if m._meta.managed)


def tables_nommees(sql: str) -> set[str]:
    """Return the tables that a statement names."""
    return set(MOTS.findall(sql)) & tables()


def marques(de: Collection[str] | None = None) -> dict[str, str]:
    """Return the print of each table (of each of `de`) that was ever written. One query."""
    with connection.cursor() as curseur:
        if de is None:
            curseur.execute(f"{_MARQUES} GROUP BY 1")
        else:
            curseur.execute(f"{_MARQUES} WHERE table_ecrite = ANY(%s) GROUP BY 1", [list(de)])
        return dict(curseur.fetchall())


def rassembler() -> int:
    """Put one newer row in the place of the rows of each table; return how many went.

    Pages kept before are made again once. Rows of transactions still open are not seen, and stay.
    """
    with transaction.atomic(), connection.cursor() as curseur:
        curseur.execute(
            "WITH vieilles AS (DELETE FROM socle_ecriture WHERE id IN"
            " (SELECT id FROM socle_ecriture FOR UPDATE SKIP LOCKED) RETURNING table_ecrite),"
            " gardees AS (INSERT INTO socle_ecriture (table_ecrite) SELECT DISTINCT table_ecrite FROM vieilles)"
            " SELECT count(*) FROM vieilles"
        )
        return int(curseur.fetchone()[0])


def poser_temoins(**_contexte: Any) -> None:
    """Put the trigger on the tables that have none yet (after each migrate)."""
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT c.relname, EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'temoin')"
            " FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')"
        )
        presentes = dict(curseur.fetchall())
        sans = [t for t in sorted(tables() - SANS_TEMOIN) if presentes.get(t) is False]
        if Ecriture._meta.db_table in presentes and sans:
            curseur.execute(";".join(_temoin(table, curseur) for table in sans))


def _temoin(table: str, curseur: Any) -> str:
    q = connection.ops.quote_name
    if table == JOURNAL:  # by application: what one writes does not age the history of another
        ensuite = (
            f"ON {q(table)} REFERENCING NEW TABLE AS nouvelles"
            " FOR EACH STATEMENT EXECUTE FUNCTION socle_noter_journal()"
        )
        return f"CREATE TRIGGER temoin AFTER INSERT {ensuite}; CREATE TRIGGER temoin_suite AFTER UPDATE {ensuite}"
    quand = "INSERT OR UPDATE OR DELETE OR TRUNCATE"
    if sans_effet := SANS_EFFET.get(table):
        colonnes = [c.name for c in connection.introspection.get_table_description(curseur, table)]
        de = ", ".join(q(c) for c in colonnes if c not in sans_effet)
        quand = f"INSERT OR UPDATE OF {de} OR DELETE OR TRUNCATE"
    ensuite = f"ON {q(table)} FOR EACH STATEMENT EXECUTE FUNCTION socle_noter_ecriture()"
    return f"CREATE TRIGGER temoin AFTER {quand} {ensuite}"
