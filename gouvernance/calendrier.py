"""The calendar of meetings: a year month by month, a month day by day, of the bodies one reads."""

from __future__ import annotations

import calendar
import datetime
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Count, QuerySet, Window
from django.db.models.functions import ExtractMonth, RowNumber
from django.utils import timezone

from gouvernance.listes_seances import teinter
from gouvernance.models import Instance, NatureInstance, Seance
from pdi.socle.filtres import FiltreAnnee, FiltreChoix, Filtres
from pdi.socle.formats import MOIS

SEANCES_PAR_MOIS = 20  # of the year: the others are in the month, then in its list
SEANCES_DU_MOIS = 300
ANNEES = (2000, 2100)
NOMS = [str(nom).capitalize() for nom in MOIS]


class FiltresCalendrier(Filtres):
    """Filters of the calendar; a month opens its days."""

    annee = FiltreAnnee("Année", champ="debut__year")
    mois = FiltreChoix(
        "Mois", champ="debut__month", choix=[(str(n), nom) for n, nom in enumerate(NOMS, 1)], vide="Toute l’année"
    )
    nature = FiltreChoix("Nature", champ="instance__nature", choix=NatureInstance.choices, vide="Toutes")
    instance = FiltreChoix("Instance", champ="instance_id", vide="Toutes")


@dataclass(frozen=True)
class Mois:
    """A month of the year: its name, its first meetings, how many others it has."""

    nom: str
    rang: int
    seances: list[Any]
    courant: bool
    autres: int
    url: str


@dataclass(frozen=True)
class Jour:
    """A day of the month shown, or of the weeks around it."""

    le: datetime.date
    du_mois: bool
    courant: bool
    seances: list[Any]


class Calendrier:
    """The meetings one reader may see, in a year or in a month."""

    def __init__(self, utilisateur: Any, get: Any, jour: datetime.date) -> None:
        """Read the query string; rows are read when asked."""
        self.utilisateur, self.get, self.jour = utilisateur, get.copy(), jour
        self.get["annee"] = str(self.annee)
        instances = Instance.objects.visibles_par(utilisateur).filter(seances__isnull=False).distinct()
        self.filtres = FiltresCalendrier(
            self.get,
            choix={
                "instance": [(i.pk, str(i)) for i in instances.select_related("territoire").order_by("nom")],
                "annee": [(a, str(a)) for a in sorted({*range(jour.year - 5, jour.year + 2), self.annee})],
            },
        )

    @cached_property
    def annee(self) -> int:
        """Return the year asked for, this one by default."""
        lue = str(self.get.get("annee", ""))
        return int(lue) if lue.isdecimal() and ANNEES[0] <= int(lue) <= ANNEES[1] else self.jour.year

    @cached_property
    def rang(self) -> int:
        """Return the month asked for, 0 for the whole year."""
        lu = str(self.get.get("mois", ""))
        return int(lu) if lu.isdecimal() and 1 <= int(lu) <= 12 else 0

    @property
    def titre(self) -> str:
        """Return « octobre 2026 », or the year."""
        return f"{MOIS[self.rang - 1]} {self.annee}" if self.rang else str(self.annee)

    @property
    def seances(self) -> QuerySet[Seance]:
        """Return the meetings of the filter, in the year shown."""
        lues = self.filtres.appliquer(Seance.objects.visibles_par(self.utilisateur))
        return lues.filter(debut__year=self.annee)

    # -- ways --------------------------------------------------------------------------------------

    def vers(self, annee: int, rang: int = 0) -> str:
        """Return the query string of another year or month, the other filters kept."""
        lus = self.get.copy()
        lus["annee"] = str(annee)
        lus.pop("mois", None)
        if rang:
            lus["mois"] = str(rang)
        return f"?{lus.urlencode()}"

    def _voisin(self, pas: int) -> tuple[str, str]:
        if not self.rang:
            return str(self.annee + pas), self.vers(self.annee + pas)
        annee, rang = divmod(self.annee * 12 + self.rang - 1 + pas, 12)
        return f"{NOMS[rang]} {annee}", self.vers(annee, rang + 1)

    @property
    def avant(self) -> tuple[str, str]:
        """Return the name and the address of the year, or month, before."""
        return self._voisin(-1)

    @property
    def apres(self) -> tuple[str, str]:
        """Return those of the one after."""
        return self._voisin(1)

    @property
    def url_annee(self) -> str:
        """Return the address of the whole year."""
        return self.vers(self.annee)

    @property
    def url_liste(self) -> str:
        """Return the query string of the same meetings as a list."""
        return f"{self.vers(self.annee, self.rang)}&tri=debut"

    # -- what is shown -----------------------------------------------------------------------------

    @cached_property
    def mois(self) -> list[Mois]:
        """Return the twelve months of the year with their first meetings, and how many others (two queries)."""
        de_l_annee = self.seances.annotate(mois=ExtractMonth("debut"))
        combien = dict(de_l_annee.order_by().values_list("mois").annotate(n=Count("pk")))
        rang = Window(RowNumber(), partition_by="mois", order_by=["debut", "pk"])
        par_mois: dict[int, list[Any]] = defaultdict(list)
        lignes: Any = de_l_annee.annotate(rang=rang).filter(rang__lte=SEANCES_PAR_MOIS)
        for seance in lignes.select_related("instance__territoire").order_by("debut", "pk"):
            par_mois[seance.mois].append(teinter(seance))
        return [
            Mois(
                nom, n, par_mois[n], (self.annee, n) == (self.jour.year, self.jour.month),
                max(0, combien.get(n, 0) - SEANCES_PAR_MOIS), self.vers(self.annee, n),
            )
            for n, nom in enumerate(NOMS, 1)
        ]  # fmt: skip

    @cached_property
    def semaines(self) -> list[list[Jour]]:
        """Return the weeks of the month, Monday first (one query)."""
        par_jour: dict[datetime.date, list[Any]] = defaultdict(list)
        lues = self.seances.select_related("instance__territoire").order_by("debut", "pk")
        for seance in lues[:SEANCES_DU_MOIS]:
            par_jour[timezone.localdate(seance.debut)].append(teinter(seance))
        return [
            [Jour(le, le.month == self.rang, le == self.jour, par_jour.get(le, [])) for le in semaine]
            for semaine in calendar.Calendar().monthdatescalendar(self.annee, self.rang)
        ]

    @property
    def vide(self) -> bool:
        """Return whether the month has no meeting."""
        return not any(j.seances for semaine in self.semaines for j in semaine)
