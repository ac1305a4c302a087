"""A file that passes 400 lines is two ideas: the house wants it cut. Migrations are frozen and stay as they are.

python -m pdi.outillage.longueurs
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from pdi.outillage.verifications import CODE, RACINE

LIMITE = 400


def trop_longs(racine: Path = RACINE) -> Iterator[tuple[Path, int]]:
    """Yield the Python files of our code and of its tests that have more than 400 lines, and how many."""
    for dossier in (*CODE, "tests"):
        for chemin in sorted((racine / dossier).rglob("*.py")):
            if "migrations" not in chemin.parts:
                lignes = chemin.read_text(encoding="utf-8").count("\n")
                if lignes > LIMITE:
                    yield chemin.relative_to(racine), lignes


def main() -> None:
    """Name the files that are too long and end with code 1 when there is one."""
    longs = list(trop_longs())
    for chemin, lignes in longs:
        print(f"{chemin} : {lignes} lignes, {LIMITE} au plus. Coupez-le selon ses sujets.")
    sys.exit(1 if longs else 0)


if __name__ == "__main__":
    main()
