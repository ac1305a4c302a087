"""`make bench [ONLY=name]`: one tab-separated line a measure on standard output.

Fields: name, size, seconds, baseline's name, ratio to that baseline measured in the same run. Servers are
embedded and thrown away, in production's shape (fsync on); modules `tests/bench/mesures_*.py` register measures.
"""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from pathlib import Path

RACINE = Path(__file__).resolve().parent.parent.parent
COLONNES = ("name", "size", "seconds", "baseline", "ratio")


def _charger_mesures() -> None:
    for chemin in sorted(Path(__file__).parent.glob("mesures_*.py")):
        importlib.import_module(f"tests.bench.{chemin.stem}")


def _famille(nom: str) -> str:
    """Return who shares the rows of a measure: its module; the measures about people share one population."""
    from tests.bench.registre import REGISTRE

    module = REGISTRE[nom].preparation.__module__.rpartition(".")[2]
    return "mesures_parcours" if module.startswith("mesures_parcours") else module


def _base() -> str:
    from django.db import connection

    return str(connection.settings_dict["NAME"])


def _copier(*, depuis: str, vers: str) -> None:
    """Make the database `vers` again as a copy of `depuis`: the rows of one family of measures never meet another's."""
    import psycopg
    from django.db import connection, connections
    from psycopg import sql

    reglages = {
        c: v for c, v in connection.get_connection_params().items() if c in {"host", "port", "user", "password"}
    }
    connections.close_all()
    with psycopg.connect(**reglages, dbname="postgres", autocommit=True) as acces:
        acces.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(vers)))
        acces.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(vers), sql.Identifier(depuis)))


def main() -> int:
    """Run the measures named on the command line, all by default; return the exit code."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "pdi.settings.test"
    from django.conf import settings

    from pdi.outillage import ressources
    from pdi.outillage.gardien import JETON, Gardien
    from pdi.outillage.serveurs import PostgresEmbarque, ValkeyEmbarque
    from tests.bench import registre

    lieu = settings.EMPLACEMENT
    postgresql, valkey = not os.environ.get("DATABASE_URL"), not os.environ.get("REDIS_URL")
    gardien = Gardien(lieu.dossier, postgresql=postgresql, valkey=valkey, effacer=True)
    os.environ[JETON] = gardien.jeton
    try:
        for dossier in (lieu.fichiers, settings.MEDIA_ROOT, settings.STATIC_ROOT):
            Path(dossier).mkdir(parents=True, exist_ok=True)
        ressources.construire()
        if postgresql:
            PostgresEmbarque(lieu).demarrer()
        if valkey:
            ValkeyEmbarque(lieu).demarrer()
        import django
        from django.core.management import call_command

        django.setup()
        _charger_mesures()
        noms = sys.argv[1:] or list(registre.REGISTRE)
        inconnus = [nom for nom in noms if nom not in registre.REGISTRE]
        if inconnus:
            print(f"Mesures connues : {', '.join(registre.REGISTRE) or 'aucune'}.", file=sys.stderr)
            return 1
        call_command("migrate", verbosity=0, interactive=False)
        _copier(depuis=_base(), vers=f"{_base()}_vide")
        print("\t".join(COLONNES), file=sys.stderr, flush=True)
        ratees, famille = 0, ""
        for nom in noms:
            try:
                if famille not in ("", _famille(nom)):
                    _copier(depuis=f"{_base()}_vide", vers=_base())
                famille = _famille(nom)
                print(registre.executer(registre.REGISTRE[nom]).texte(), flush=True)
            except Exception:  # noqa: BLE001  # one measure that fails is said, and the others still run
                ratees += 1
                print(f"{nom} a échoué :\n{traceback.format_exc()}", file=sys.stderr, flush=True)
        return 1 if ratees else 0
    finally:
        from django.db import connections

        connections.close_all()
        gardien.fermer()


if __name__ == "__main__":
    sys.exit(main())
