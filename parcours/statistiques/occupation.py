"""Occupancy of the sessions of a year, operator by operator, crossed with the territory where they take place."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.urls import reverse

from offre.regles.sessions import taux
from pdi.socle.masquage import SEUIL_INTERNE, masquer_liste
from pdi.structures.models import Structure
from pdi.territoires.models import TerritoireAction

AILLEURS = "Lieu non fixé"
ENSEMBLE = "Ensemble"
DEPARTEMENT = "Tenues par le Département"


@cache
def _sql() -> str:
    return (settings.RACINE / "parcours" / "sql" / "sessions_occupees.sql").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Occupation:
    """Places opened, and taken (None: hidden), in some sessions."""

    colonne: str
    sessions: int = 0
    capacite: Decimal = Decimal(0)
    prises: Decimal | None = Decimal(0)
    url: str = ""

    @property
    def part(self) -> Decimal | None:
        """Return the share taken, in percent."""
        return taux(self.prises, self.capacite) if self.prises is not None else None


@dataclass(frozen=True)
class LigneOccupation:
    """An operator: a cell a territory, the whole last."""

    operateur: str
    cellules: tuple[Occupation, ...]


Lues = Mapping[tuple[int | None, int | None], tuple[int, Decimal, Decimal]]


def _lire(annee: int, jour: datetime.date) -> Lues:
    debut, fin = datetime.date(annee, 1, 1), datetime.date(annee + 1, 1, 1)
    with connection.cursor() as curseur:
        curseur.execute(_sql(), {"debut": debut, "fin": fin, "j": min(jour, fin)})
        return {(operateur, ou): (n, capacite, prises) for operateur, ou, n, capacite, prises in curseur.fetchall()}


def occupations(
    annee: int, jour: datetime.date, territoires: Sequence[TerritoireAction], *, seul: bool, masquer: bool
) -> list[LigneOccupation]:
    """Return the operators by name, with their occupancy by territory; the whole last, unless one is chosen (`seul`).

    `masquer`: enrolments of fewer than five people are hidden, with what would give them by difference.
    """
    lues = _lire(annee, jour)
    structures = {s.pk: s for s in Structure.objects.filter(pk__in={o for o, _ in lues if o})}
    colonnes: list[tuple[int | None, str]] = [(t.pk, t.nom) for t in territoires]
    if not seul and any(ou is None for _, ou in lues):
        colonnes.append((None, AILLEURS))
    ordre = sorted({o for o, _ in lues}, key=lambda o: (o is None, structures[o].nom if o else ""))
    lignes = (
        _ligne(o, str(structures[o]) if o else DEPARTEMENT, lues, colonnes, annee, seul=seul, masquer=masquer)
        for o in ordre
    )
    return [ligne for ligne in lignes if any(c.capacite for c in ligne.cellules)]


def _ligne(
    operateur: int | None,
    nom: str,
    lues: Lues,
    colonnes: Sequence[tuple[int | None, str]],
    annee: int,
    *,
    seul: bool,
    masquer: bool,
) -> LigneOccupation:
    rien = (0, Decimal(0), Decimal(0))
    termes = [lues.get((operateur, ou), rien) for ou, _ in colonnes]
    caches, tout = (False,) * len(termes), False
    if masquer:
        masques = masquer_liste([int(prises) for _, _, prises in termes], SEUIL_INTERNE)
        caches, tout = masques.cases, masques.total
    cellules = [
        Occupation(titre, n, capacite, None if cache_ else prises, _sessions(annee, operateur, ou))
        for (ou, titre), (n, capacite, prises), cache_ in zip(colonnes, termes, caches, strict=True)
    ]
    if not seul:
        n, capacite, prises = (sum(x, Decimal(0)) for x in zip(*termes, strict=True))
        cellules.append(Occupation(ENSEMBLE, int(n), capacite, None if tout else prises, _sessions(annee, operateur)))
    return LigneOccupation(nom, tuple(cellules))


def _sessions(annee: int, operateur: int | None, territoire: int | None = None) -> str:
    """Return the list of these sessions; empty for those it cannot find (no operator)."""
    if operateur is None:
        return ""
    criteres = {"annee": annee, "operateur": operateur} | ({"territoire": territoire} if territoire else {})
    return f"{reverse('offre:sessions')}?{urlencode(criteres)}"
