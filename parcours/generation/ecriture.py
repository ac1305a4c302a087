"""Writing by COPY: one stream a table and a batch, ids reserved beforehand, sequences put right at the end."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from decimal import Decimal
from operator import attrgetter
from typing import Any

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
        colonnes = {f.attname: f for f in modele._meta.concrete_fields}
        # A NOT NULL column the generator does not know takes its model's default (the database has none).
        autres = [
            f
            for f in modele._meta.concrete_fields
            if f.attname not in noms and not f.null and f.db_default is models.NOT_PROVIDED
        ]
        self.colonnes = [colonnes[n].column for n in noms] + [f.column for f in autres]
        self.lire = attrgetter(*noms)
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
    """Writes batches of events; to be used inside one transaction, with the tables locked."""

    def __init__(self) -> None:
        """Prepare one stream a table; the tables are locked against other writers."""
        self.tables = {classe: _Table(classe) for classe in TABLES}
        noms = [table.modele._meta.db_table for table in self.tables.values()]
        with connection.cursor() as curseur:
            curseur.execute(
                sql.SQL("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE").format(
                    sql.SQL(", ").join(map(sql.Identifier, noms))
                )
            )
            # Foreign keys checked as each table is written: a million deferred checks would fill the memory.
            curseur.execute("SET CONSTRAINTS ALL IMMEDIATE")
        self.lignes: dict[type[Any], int] = dict.fromkeys(TABLES, 0)

    def premiers(self) -> dict[type[Any], int]:
        """Return the first free id of each table."""
        libres = {}
        with connection.cursor() as curseur:
            for classe, table in self.tables.items():
                curseur.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table.modele._meta.db_table])
                libres[classe] = int(curseur.fetchone()[0])
        return libres

    def ecrire(self, evenements: Iterable[Any]) -> None:
        """Write a batch, table by table in the order of the foreign keys."""
        lots: dict[type[Any], list[str]] = {classe: [] for classe in TABLES}
        lignes = {classe: table.ligne for classe, table in self.tables.items()}
        for evenement in evenements:
            classe = type(evenement)
            lots[classe].append(lignes[classe](evenement))
        with connection.cursor() as curseur:
            for classe, lot in lots.items():
                if not lot:
                    continue
                table = self.tables[classe]
                ordre = sql.SQL("COPY {} ({}) FROM STDIN").format(
                    sql.Identifier(table.modele._meta.db_table),
                    sql.SQL(", ").join(map(sql.Identifier, table.colonnes)),
                )
                with curseur.copy(ordre) as flux:
                    flux.write("\n".join(lot) + "\n")
                self.lignes[classe] += len(lot)

    def terminer(self) -> None:
        """Put the sequences after the last id written, and refresh the planner's statistics."""
        with connection.cursor() as curseur:
            for table in self.tables.values():
                nom = table.modele._meta.db_table
                curseur.execute(
                    sql.SQL(
                        "SELECT setval(pg_get_serial_sequence({}, 'id'), greatest((SELECT max(id) FROM {}), 1))"
                    ).format(sql.Literal(nom), sql.Identifier(nom))
                )
                curseur.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(nom)))
