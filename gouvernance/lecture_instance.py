"""The page of one body as one reader sees it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gouvernance.droits_instances import nom_du_membre, peut_tenir_instance
from gouvernance.models import Instance, Membre, ReglementInstance
from pdi.socle.tri import Colonne


@dataclass(frozen=True)
class MembreLu:
    """A seat, with the name the reader may know."""

    membre: Membre
    nom: str
    dernier_jour: datetime.date | None
    suppleants: tuple[str, ...] = ()


class LectureInstance:
    """One body and what the reader may do of it."""

    def __init__(self, instance: Instance, utilisateur: Any, jour: datetime.date) -> None:
        """Keep them."""
        self.instance, self.utilisateur, self.jour = instance, utilisateur, jour

    @cached_property
    def tenue(self) -> bool:
        """Return whether the reader keeps the body."""
        return peut_tenir_instance(self.utilisateur, self.instance).ok

    @cached_property
    def _sieges(self) -> list[Membre]:
        return list(self.instance.membres.select_related("compte", "structure"))

    def _lu(self, membre: Membre) -> MembreLu:
        fin = membre.mandat.upper
        noms = [
            nom_du_membre(m, tenue=self.tenue)
            for m in self._sieges
            if m.suppleant_de_id == membre.pk and self.jour in m.mandat
        ]
        return MembreLu(
            membre, nom_du_membre(membre, tenue=self.tenue), fin - datetime.timedelta(days=1) if fin else None,
            tuple(noms),
        )  # fmt: skip

    @cached_property
    def membres(self) -> list[MembreLu]:
        """Return the seats in office and to come, deputies after the others."""
        vivants = [m for m in self._sieges if m.mandat.upper is None or m.mandat.upper > self.jour]
        return [self._lu(m) for m in sorted(vivants, key=lambda m: m.suppleant_de_id is not None)]

    @cached_property
    def anciens(self) -> list[MembreLu]:
        """Return the seats whose mandate has ended, latest first."""
        finis = [m for m in self._sieges if m.mandat.upper is not None and m.mandat.upper <= self.jour]
        return [self._lu(m) for m in sorted(finis, key=lambda m: m.mandat.upper, reverse=True)]

    @property
    def colonnes(self) -> list[Colonne]:
        """Return the columns of the table of members."""
        lues = [Colonne("Membre"), Colonne("Structure"), Colonne("Voix"), Colonne("Mandat")]
        return [*lues, Colonne("Gestes", masquee=True)] if self.tenue else lues

    @cached_property
    def reglements(self) -> list[ReglementInstance]:
        """Return the rules of procedure, latest first."""
        return list(self.instance.reglements.all())

    @cached_property
    def secretaires(self) -> list[str]:
        """Return the names of the secretaries."""
        return [str(u) for u in self.instance.secretaires.all()]
