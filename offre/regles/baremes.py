"""Scales of conventions: bands written one a line, without hole nor overlap. Pure.

A band is [de, a[; the last one may have no upper bound, and includes it when it has one (a rate of 100 %).
Source: convention of Rueil-Malmaison, a subsidy of 70 to 80 % of the cost by rate of return to employment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from actions.regles.saisie import lire_nombre
from pdi.socle.formats import nombre

EXEMPLE = "0 à 60 : 70"
_LIGNE = re.compile(
    r"^(?:de\s+)?(?P<de>[\d\s.,]+?)\s*(?:%|)\s*(?:(?:à|a|-|–)\s*(?P<a>[\d\s.,]+?)|et\s+plus|\+|ou\s+plus)?\s*(?:%|)\s*"
    r"(?::|=|→)\s*(?P<valeur>[\d\s.,]+?)\s*(?:%|€|)$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Tranche:
    """From `de` included to `a` excluded (None: no upper bound), `valeur`."""

    de: Decimal
    a: Decimal | None
    valeur: Decimal

    def en_json(self) -> dict[str, Any]:
        """Return the band as the model keeps it."""
        return {"de": f"{self.de:f}", "a": None if self.a is None else f"{self.a:f}", "valeur": f"{self.valeur:f}"}

    def __str__(self) -> str:
        """Return « 0 à 60 : 70 »."""
        borne = "et plus" if self.a is None else f"à {nombre(self.a)}"
        return f"{nombre(self.de)} {borne} : {nombre(self.valeur)}"


def depuis_json(brutes: Iterable[Mapping[str, Any]]) -> list[Tranche]:
    """Return the bands kept by the model."""
    return [
        Tranche(Decimal(str(b["de"])), None if b.get("a") is None else Decimal(str(b["a"])), Decimal(str(b["valeur"])))
        for b in brutes
    ]


def lire_tranches(lignes: Sequence[str]) -> list[Tranche]:
    """Read bands written one a line: « 0 à 60 : 70 », « 80 et plus : 80 ».

    Raises ValueError that names the line at fault, the hole or the overlap.
    """
    tranches = []
    for rang, ligne in enumerate(lignes, 1):
        lue = _LIGNE.match(ligne.strip())
        if lue is None:
            raise ValueError(f"Ligne {rang}, « {ligne.strip()} » : attendu « {EXEMPLE} » ou « 80 et plus : 80 ».")
        de, a, valeur = (lire_nombre(v) if (v := lue[n]) else None for n in ("de", "a", "valeur"))
        if de is None or valeur is None:
            raise ValueError(f"Ligne {rang}, « {ligne.strip()} » : attendu « {EXEMPLE} ».")
        tranches.append(Tranche(de, a, valeur))
    if erreurs := fautes(tranches):
        raise ValueError(" ".join(erreurs))
    return sorted(tranches, key=lambda t: t.de)


def fautes(tranches: Iterable[Tranche]) -> list[str]:
    """Return what makes a scale unusable: a band upside down, a hole, an overlap, a middle band without end."""
    triees = sorted(tranches, key=lambda t: t.de)
    if not triees:
        return ["Le barème n’a aucune tranche : écrivez-en au moins une."]
    erreurs = [f"La tranche « {t} » finit avant de commencer." for t in triees if t.a is not None and t.a <= t.de]
    if erreurs:
        return erreurs
    for avant, apres in pairwise(triees):
        if avant.a is None or avant.a > apres.de:
            fin = apres.de if avant.a is None else min(avant.a, apres.a or avant.a)
            erreurs.append(
                f"Les tranches « {avant} » et « {apres} » se chevauchent"
                + (f" de {nombre(apres.de)} à {nombre(fin)}." if fin > apres.de else ".")
            )
        elif avant.a < apres.de:
            erreurs.append(f"Aucune tranche ne couvre de {nombre(avant.a)} à {nombre(apres.de)}.")
    return erreurs


def tranche_de(tranches: Iterable[Tranche], mesure: Decimal | None) -> Tranche | None:
    """Return the band a measure falls in; None under the first, over the last, or without a measure."""
    if mesure is None:
        return None
    triees = sorted(tranches, key=lambda t: t.de)
    for tranche in triees:
        if tranche.de <= mesure and (tranche.a is None or mesure < tranche.a):
            return tranche
    return triees[-1] if triees and triees[-1].a == mesure else None
