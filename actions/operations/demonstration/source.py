"""The written story of the demonstration, and the calendar that ties it to today."""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from actions.models import Programme
from pdi.socle.typographie import typographier_tout

Cle = tuple[str, str, str]  # number of the fiche, label, group

# Campaigns of past years, as (month, day) of the year after.
OUVERTURE, REMISE, RELECTURE, CLOTURE, ASSEMBLEE = (1, 15), (2, 16), (2, 27), (3, 10), (3, 31)
MOIS_ARRETES_AU_MOINS = 1
JOURS_OUVERTS = 24  # the campaign in progress opened so many days ago
JOURS_DE_SAISIE = 11  # the values were entered in so many days before a campaign opened


def empreinte(*morceaux: object, parmi: int) -> int:
    """Return a whole number in [0, parmi[ that depends on `morceaux` alone: the same on every run."""
    texte = "|".join(str(m) for m in morceaux)
    return int.from_bytes(sha256(texte.encode()).digest()[:8], "big") % parmi


@dataclass(frozen=True)
class Calendrier:
    """The years of the story: `courante` is today's, kept inside the programme; the others are over."""

    programme: Programme
    jour: datetime.date

    @property
    def courante(self) -> int:
        """Return the year of the campaign in progress."""
        return self.programme.annee_de_travail(self.jour)

    @property
    def ouverture(self) -> datetime.date:
        """Return when the campaign in progress opened, and its figures were frozen."""
        return self.jour - datetime.timedelta(days=JOURS_OUVERTS)

    @property
    def passees(self) -> range:
        """Return the years whose campaign is closed."""
        return range(self.programme.annee_debut, self.courante)

    @property
    def arrete(self) -> datetime.date | None:
        """Return the day (excluded) at which the figures of the current year stop; None when there are none yet.

        They were entered before the campaign opened: they stop at the last month complete by then.
        """
        releve = self.ouverture - datetime.timedelta(days=JOURS_DE_SAISIE)
        if releve.year > self.courante:
            return datetime.date(self.courante + 1, 1, 1)
        if releve.year < self.courante or releve.month <= MOIS_ARRETES_AU_MOINS:
            return None
        return datetime.date(self.courante, releve.month, 1)

    @property
    def part_ecoulee(self) -> Decimal:
        """Return the share of the current year that its figures cover."""
        fin = self.arrete
        if fin is None:
            return Decimal(0)
        return Decimal(1) if fin.year > self.courante else Decimal(fin.month - 1) / 12

    def passee(self, annee: int, mois_jour: tuple[int, int]) -> datetime.date:
        """Return a day of the closed campaign of `annee`, moved back if it would not be over today."""
        cloture = datetime.date(annee + 1, *CLOTURE)
        avance = max(datetime.timedelta(0), cloture - (self.jour - datetime.timedelta(days=4)))
        return datetime.date(annee + 1, *mois_jour) - avance


class Recit:
    """The data file of one programme's demonstration."""

    def __init__(self, chemin: Path) -> None:
        """Read the file once."""
        self._donnees = typographier_tout(json.loads(chemin.read_text(encoding="utf-8")))

    @property
    def programme(self) -> str:
        """Return the code of the programme."""
        return str(self._donnees["programme"])

    @cached_property
    def fiches(self) -> dict[str, dict[str, Any]]:
        """Return what is told of each fiche."""
        return {f["fiche"]: f for f in self._donnees["fiches"]}

    @cached_property
    def indicateurs(self) -> dict[Cle, dict[str, Any]]:
        """Return what is told of each indicator."""
        return {(i["fiche"], i["libelle"], i["groupe"]): i for i in self._donnees["indicateurs"]}

    @cached_property
    def financements(self) -> list[dict[str, Any]]:
        """Return the funding told for each fiche."""
        return list(self._donnees.get("financements", []))

    def rang(self, annee: int) -> int:
        """Return the position of `annee` in the lists of the file."""
        return annee - int(self._donnees["premiere_annee"])

    def lire(self, element: dict[str, Any], champ: str, annee: int) -> Any:
        """Return the value of a yearly list, None when the list is absent or too short."""
        liste = element.get(champ) or []
        rang = self.rang(annee)
        return liste[rang] if 0 <= rang < len(liste) else None
