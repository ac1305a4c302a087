"""Writing by COPY: one stream a table and a batch, ids reserved beforehand, sequences put right at the end."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from decimal import Decimal
from operator import attrgetter
from typing import Any, Self

from django.db import connection, models
from psycopg import sql

from parcours import models as modeles

from .evenements import TABLES, Periode

FUSEAU = " Europe/Paris"
# What COPY's text format reads: \N for NULL, a backslash before what would end a field or a line.
_ECHAPPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _texte(valeur: str) -> str:
    return valeur if valeur.isalnum() else valeur.translate(_ECHAPPES)


_FORMES: dict[type[Any], Any] = {
    int: str,
    str: _texte,
    bool: lambda v: "t" if v else "f",
    type(None): lambda _: "\\N",
    datetime.date: datetime.date.isoformat,
    datetime.datetime: lambda v: v.isoformat(" ") + FUSEAU,
    Decimal: str,
    Periode: lambda v: f"[{v.debut.isoformat()},{v.fin.isoformat() if v.fin else ''})",
}


class _Table:
    """How the rows of one event class become lines of COPY."""

    def __init__(self, classe: type[Any]) -> None:
        modele: type[models.Model] = getattr(modeles, classe.__name__)
        self.modele = modele
        noms = [n for n in classe.__slots__ if n != "__weakref__"]
        colonnes = {f.attname: str(f.column) for f in modele._meta.concrete_fields}
        # A NOT NULL column the generator does not know takes its model's default (the database has none).
        autres = [
            f
            for f in modele._meta.concrete_fields
            if f.attname not in noms and not (f.null or f.generated) and f.db_default is models.NOT_PROVIDED
        ]
        self.colonnes = [colonnes[n] for n in noms] + [str(f.column) for f in autres]
        self.lire = attrgetter(*noms)
        self.ordre = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(modele._meta.db_table), sql.SQL(", ").join(sql.Identifier(c) for c in self.colonnes)
        )
        self.suffixe = "".join(f"\t{self._defaut(f)}" for f in autres)

    @staticmethod
    def _defaut(champ: models.Field[Any, Any]) -> str:
        valeur = champ.get_default()
        if isinstance(valeur, list | dict):
            return "{}" if isinstance(valeur, dict) or "Array" in type(champ).__name__ else "[]"
        return str(_FORMES[type(valeur)](valeur))

    def ligne(self, evenement: Any) -> str:
        return "\t".join([_FORMES[type(v)](v) for v in self.lire(evenement)]) + self.suffixe


class Ecrivain:
    """Writes batches of events; to be used inside one transaction, which holds the tables against other writers.

    While a batch goes to the server, in a thread of its own, the next one is drawn: nothing else may use the
    connection between `ecrire` and `terminer`.
    """

    def __init__(self) -> None:
        """Lock the tables; foreign keys are checked as each is written, for a million deferred ones fill the memory."""
        self.tables = {classe: _Table(classe) for classe in TABLES}
        self.lignes: dict[type[Any], int] = dict.fromkeys(TABLES, 0)
        noms = sql.SQL(", ").join(sql.Identifier(t.modele._meta.db_table) for t in self.tables.values())
        with connection.cursor() as curseur:
            curseur.execute(sql.SQL("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE").format(noms))
            curseur.execute("SET CONSTRAINTS ALL IMMEDIATE")
        self._connexion: Any = connection.connection
        self._fil = ThreadPoolExecutor(max_workers=1, thread_name_prefix="copie")
        self._en_cours: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._fil.shutdown(wait=True)

    def premiers(self) -> dict[type[Any], int]:
        """Return the first free id of each table."""
        libres = {}
        with connection.cursor() as curseur:
            for classe, table in self.tables.items():
                curseur.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table.modele._meta.db_table])
                libres[classe] = int(curseur.fetchone()[0])
        return libres

    def ecrire(self, evenements: Iterable[Any]) -> None:
        """Write a batch, table by table in the order of the foreign keys. Errors of a batch show at the next call."""
        lots: dict[type[Any], list[str]] = {classe: [] for classe in TABLES}
        lignes = {classe: table.ligne for classe, table in self.tables.items()}
        for evenement in evenements:
            classe = type(evenement)
            lots[classe].append(lignes[classe](evenement))
        for classe, lot in lots.items():
            self.lignes[classe] += len(lot)
        self._attendre()
        self._en_cours = self._fil.submit(self._copier, {c: lot for c, lot in lots.items() if lot})

    def _attendre(self) -> None:
        if self._en_cours:
            self._en_cours.result()

    def _copier(self, lots: dict[type[Any], list[str]]) -> None:
        """Send the lines on the raw connection: Django's may not change threads, psycopg's may."""
        with self._connexion.cursor() as curseur:
            for classe, lot in lots.items():
                with curseur.copy(self.tables[classe].ordre) as flux:
                    flux.write("\n".join(lot) + "\n")

    def terminer(self) -> None:
        """Wait for the last batch, put the sequences after the last id, refresh the planner's statistics."""
        self._attendre()
        with connection.cursor() as curseur:
            for table in self.tables.values():
                nom = table.modele._meta.db_table
                curseur.execute(
                    sql.SQL(
                        "SELECT setval(pg_get_serial_sequence({}, 'id'), greatest((SELECT max(id) FROM {}), 1))"
                    ).format(sql.Literal(nom), sql.Identifier(nom))
                )
                curseur.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(nom)))
