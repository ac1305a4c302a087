"""Where a path stands, and what is due: read from the events of its timeline. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from pdi.socle.composants import Etape

from . import chronologie as c
from .chronologie import Fait
from .regles import delais

CONTRAT_VALIDE = ("valide", "clos")
ALERTE_ECHEANCE = 60  # days before the end of a contract


@dataclass(frozen=True)
class Signal:
    """A dated flag, or something due: tone and words."""

    ton: str
    texte: str


class Parcours:
    """The state of one path on `jour`."""

    def __init__(
        self,
        faits: Sequence[Fait],
        regimes: Iterable[delais.Regime],
        jour: datetime.date,
        orientee: delais.OrientationLue | None = None,
    ) -> None:
        """Keep the events, latest first; `orientee` is what the clock of the contract reads of today's orientation."""
        self.faits, self.regimes, self.jour, self.orientee = faits, list(regimes), jour, orientee

    def _premier(self, genre: str) -> Fait | None:
        return next((f for f in reversed(self.faits) if f.genre == genre and f.le <= self.jour), None)

    def _actuel(self, genre: str) -> Fait | None:
        """Return the event of that kind whose period (end excluded) covers today."""
        return next(
            (
                f
                for f in self.faits
                if f.genre == genre and f.debut and f.debut <= self.jour and (f.fin is None or self.jour < f.fin)
            ),
            None,
        )

    @cached_property
    def entree(self) -> Fait | None:
        """Return the latest entry into rights and duties."""
        return next((f for f in self.faits if f.genre == c.ENTREE and f.a == "true" and f.le <= self.jour), None)

    @cached_property
    def orientation(self) -> Fait | None:
        """Return the orientation in force."""
        return self._actuel(c.ORIENTATION)

    @cached_property
    def referent(self) -> Fait | None:
        """Return the référent of today."""
        return self._actuel(c.REFERENT)

    @cached_property
    def contrat(self) -> Fait | None:
        """Return the valid contract of today (last day included)."""
        return next(
            (
                f
                for f in self.faits
                if f.genre == c.CONTRAT and f.b in CONTRAT_VALIDE and f.debut and f.fin
                and f.debut <= self.jour <= f.fin
            ),
            None,
        )  # fmt: skip

    @cached_property
    def action(self) -> Fait | None:
        """Return a prescription in action."""
        return next((f for f in self.faits if f.genre == c.PRESCRIPTION and f.b == "en_action"), None)

    @cached_property
    def sortie(self) -> Fait | None:
        """Return the exit of the accompaniment or of RSA, when nothing has started again since."""
        derniere = next((f for f in self.faits if f.genre == c.SORTIE and f.b != "action"), None)
        return derniere if derniere and not self.referent and not self.orientation else None

    @property
    def etapes(self) -> list[Etape]:
        """Return the state bar: entered → oriented → référent → contract → in action → exit."""
        faits = [
            ("Entrée", self.entree), ("Orientation", self.orientation or self._premier(c.ORIENTATION)),
            ("Référent", self.referent or self._premier(c.REFERENT)),
            ("Contrat", self.contrat or self._premier(c.CONTRAT)),
            ("En action", self.action), ("Sortie", self.sortie),
        ]  # fmt: skip
        faites = [rang for rang, (_, fait) in enumerate(faits) if fait]
        derniere = faites[-1] if faites else -1
        return [
            Etape(
                titre,
                f"{fait.le:%d/%m/%Y}" if fait else "",
                "courant" if rang == derniere else "fait" if fait else "",
            )
            for rang, (titre, fait) in enumerate(faits)
        ]

    @property
    def drapeaux(self) -> list[Signal]:
        """Return the dated flags."""
        if self.contrat is None or self.contrat.fin is None:
            return []
        reste = (self.contrat.fin - self.jour).days
        ton = "veille" if reste <= ALERTE_ECHEANCE else "bon"
        return [Signal(ton, f"Contrat jusqu’au {self.contrat.fin:%d/%m/%Y}, dans {reste}\u00a0jours")]

    @property
    def a_faire(self) -> list[Signal]:
        """Return what is due, with the legal deadline: orientation, référent, first appointment, contract."""
        if self.sortie or self.entree is None or (self.entree.fin and self.entree.fin <= self.jour):
            return []
        if self.orientation is None:
            return self._echeance(lambda: delais.echeance_orientation(self.regimes, self.entree.le))
        dus: list[Signal] = []
        if self.referent is None:
            dus.append(Signal("retard", "Référent\u00a0: à désigner"))
        orientation = self.orientation
        venu = any(f.genre == c.ENTRETIEN and f.b == "tenu" and f.le >= orientation.le for f in self.faits)
        if not venu:
            dus += self._echeance(lambda: delais.echeance_premier_rendez_vous(self.regimes, orientation.le))
        lue = self.orientee
        if self.contrat is None and lue is not None:
            dus += self._echeance(lambda: delais.echeance_contrat(self.regimes, lue))
        return dus

    def _echeance(self, calculer: object) -> list[Signal]:
        try:
            due = calculer()  # type: ignore[operator]
        except LookupError:  # no regime recorded for that date: nothing can be said
            return []
        return [Signal("retard" if due.en_retard(self.jour) else "veille", due.phrase(self.jour))] if due else []
