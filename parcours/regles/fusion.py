"""What remains of the periods of one file once those of the other are taken. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

Periode = tuple[datetime.date | None, datetime.date | None]  # half-open; None: always, still
TOUJOURS, ENCORE = datetime.date.min, datetime.date.max


def morceaux_libres(periode: Periode, occupees: Iterable[Periode]) -> list[Periode]:
    """Return the parts of `periode` that none of `occupees` covers, in order; they cover each other nowhere."""
    bornes = sorted((d or TOUJOURS, f or ENCORE) for d, f in occupees)
    debut, fin = periode[0] or TOUJOURS, periode[1] or ENCORE
    libres = []
    for prise, rendue in bornes:
        if rendue <= debut or prise >= fin:
            continue
        if prise > debut:
            libres.append((debut, prise))
        debut = max(debut, rendue)
    if debut < fin:
        libres.append((debut, fin))
    return [(None if d == TOUJOURS else d, None if f == ENCORE else f) for d, f in libres]
