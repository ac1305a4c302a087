"""Where a path stands: state bar and dated flags, read from the events of its timeline. Pure."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pdi.socle.composants import Etape
from pdi.socle.formats import MOIS, accorder

from . import chronologie as c
from .chronologie import Fait
from .models import EtatDossier, TypeOrientation
from .regles import delais

if TYPE_CHECKING:
    from .identite import Identite

CONTRAT_VALIDE = ("valide", "clos")
SANS_EFFET = ("annule", "refuse", "brouillon")
ALERTE_ECHEANCE = 60  # days before the end of a contract
MOIS_CAF_ANCIEN = 62  # days: two monthly files missed
TONS_DOSSIER = {EtatDossier.OUVERT: "bon", EtatDossier.DROIT_SUSPENDU: "veille",
                EtatDossier.VERSEMENT_SUSPENDU: "veille"}  # fmt: skip


@dataclass(frozen=True)
class Signal:
    """A dated flag: tone and words."""

    ton: str
    texte: str
    icone: str = ""


class Parcours:
    """The state of one path on `jour`."""

    def __init__(
        self,
        faits: Sequence[Fait],
        regimes: Iterable[delais.Regime],
        jour: datetime.date,
        identite: Identite | None = None,
        *,
        voit_sante: bool = False,
    ) -> None:
        """Keep the events, latest first, and what the banner read of today.

        `voit_sante`: the reason of reduced hours may be shown; it is often one of health.
        """
        self.faits, self.regimes, self.jour, self.identite = faits, list(regimes), jour, identite
        self.voit_sante = voit_sante

    def de(self, genre: str) -> list[Fait]:
        """Return the events of one kind, latest first."""
        return [f for f in self.faits if f.genre == genre]

    def _premier(self, genre: str) -> Fait | None:
        return next((f for f in reversed(self.faits) if f.genre == genre and f.le <= self.jour), None)

    def _actuel(self, genre: str) -> Fait | None:
        """Return the event of that kind whose period (end excluded) covers today."""
        return next(
            (f for f in self.de(genre) if f.debut and f.debut <= self.jour and (f.fin is None or self.jour < f.fin)),
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
                f for f in self.de(c.CONTRAT)
                if f.b in CONTRAT_VALIDE and f.debut and f.fin and f.debut <= self.jour <= f.fin
            ),
            None,
        )  # fmt: skip

    @cached_property
    def rang_contrat(self) -> int:
        """Return the number of the current contract, as its section counts them: all but the cancelled ones."""
        comptes = [f for f in self.de(c.CONTRAT) if f.b != "annule"]
        return len(comptes) - comptes.index(self.contrat) if self.contrat else 0

    @cached_property
    def action(self) -> Fait | None:
        """Return a prescription in action."""
        return next((f for f in self.de(c.PRESCRIPTION) if f.b == "en_action"), None)

    @cached_property
    def sortie(self) -> Fait | None:
        """Return the exit of the accompaniment or of RSA, when nothing goes on after it."""
        derniere = next((f for f in self.de(c.SORTIE) if f.b != "action"), None)
        if derniere is None:
            return None
        lendemain = derniere.le + datetime.timedelta(days=1)
        suites = (f for f in (self.referent, self.orientation) if f and (f.fin is None or f.fin > lendemain))
        return None if any(suites) else derniere

    @property
    def clos(self) -> bool:
        """Return whether nothing is due any more: the person has left, or is out of rights and duties."""
        return bool(self.sortie or self.entree is None or (self.entree.fin and self.entree.fin <= self.jour))

    @property
    def etapes(self) -> list[Etape]:
        """Return the state bar: entered → oriented → référent → contract → in action → exit."""
        orientation = self.orientation or self._premier(c.ORIENTATION)
        contrat = self.contrat or next((f for f in self.de(c.CONTRAT) if f.b not in SANS_EFFET), None)
        titre_contrat = f"Contrat n°\u00a0{self.rang_contrat}" if self.contrat else "Contrat"
        faits: list[tuple[str, Fait | None, str]] = [
            ("Entrée", self.entree, ""),
            ("Orientation", orientation, self._type(orientation)),
            ("Référent", self.referent or self._premier(c.REFERENT), ""),
            (titre_contrat, contrat, f"au {contrat.fin:%d/%m/%Y}" if contrat and contrat.fin else ""),
            ("En action", self.action, ""),
            ("Sortie", self.sortie, ""),
        ]
        derniere = max((rang for rang, (_, fait, _) in enumerate(faits) if fait), default=-1)
        return [
            Etape(
                titre,
                " ".join(m for m in (f"{fait.le:%d/%m/%Y}", plus) if m) if fait else "à venir",
                "courant" if rang == derniere else "fait" if fait else "",
            )
            for rang, (titre, fait, plus) in enumerate(faits)
        ]

    def _premiere(self, orientation: Fait) -> bool:
        """Return whether it is the first since the entry: the delay of a later one says nothing of the entry."""
        depuis = self.entree.le if self.entree else datetime.date.min
        return not any(depuis <= f.le < orientation.le for f in self.de(c.ORIENTATION))

    def _type(self, orientation: Fait | None) -> str:
        """Return the delay since the entry and the type, worded by the regime of its day."""
        if orientation is None:
            return ""
        mots = TypeOrientation(orientation.a).label
        with contextlib.suppress(LookupError):
            mots = delais.regime_au(self.regimes, orientation.le).libelle_type(orientation.a)
        jours = (orientation.le - self.entree.le).days if self._premiere(orientation) and self.entree else -1
        delai = f"en {jours}\u00a0{accorder(jours, 'jour')}, " if jours > 0 else ""
        return f"{delai}{mots if mots != orientation.a else TypeOrientation(orientation.a).label}".lower()

    @cached_property
    def emploi(self) -> Fait | None:
        """Return the exit to employment that still holds: nothing since says that the person lost the job.

        Neither a follow-up, nor an entry into rights and duties, nor an orientation decided later.
        """
        sortie = next((f for f in self.de(c.SORTIE) if f.d == "true"), None)
        if sortie is None:
            return None
        perdu = any(f.b and f.b != "emploi" and f.le >= sortie.le for f in self.de(c.SUIVI))
        reprise = self.entree is not None and self.entree.le > sortie.le
        reprise = reprise or any(f.le > sortie.le for f in self.de(c.ORIENTATION))
        return None if perdu or reprise else sortie

    @property
    def drapeaux(self) -> list[Signal]:
        """Return the dated flags: right, employment, contract, reduced hours, anomalies."""
        return [*self._droit(), *self._emploi(), *self._contrat(), *self._dispense(), *self._anomalies()]

    def _droit(self) -> list[Signal]:
        lu = self.identite
        if lu is None or lu.mois_caf is None or lu.etat_caf not in EtatDossier.values:
            return []
        etat = EtatDossier(lu.etat_caf)
        mots = "Droit RSA ouvert" if etat == EtatDossier.OUVERT else f"RSA\u00a0: {etat.label.lower()}"
        mois = f"{MOIS[lu.mois_caf.month - 1]} {lu.mois_caf.year}"
        vieux = (self.jour - lu.mois_caf).days > MOIS_CAF_ANCIEN
        suite = f", dernier flux CAF\u00a0: {mois}" if vieux else f", flux CAF de {mois}"
        return [Signal("veille" if vieux else TONS_DOSSIER.get(etat, "neutre"), mots + suite)]

    def _emploi(self) -> list[Signal]:
        return [Signal("info", f"En emploi depuis le {self.emploi.le:%d/%m/%Y}", "briefcase")] if self.emploi else []

    def _contrat(self) -> list[Signal]:
        if self.contrat is None or self.contrat.fin is None:
            return []
        reste = (self.contrat.fin - self.jour).days
        if reste > ALERTE_ECHEANCE:
            return [Signal("bon", f"Contrat jusqu’au {self.contrat.fin:%d/%m/%Y}")]
        quand = f"dans {reste}\u00a0{accorder(reste, 'jour')}" if reste else "aujourd’hui"
        return [Signal("veille", f"Contrat à échéance {quand}, {self.contrat.fin:%d/%m/%Y}", "hourglass-split")]

    def _dispense(self) -> list[Signal]:
        contrat: dict[str, Any] = self.identite.contrat if self.identite else {}
        if not contrat.get("dispense"):
            return []
        fin = self.identite.dispense_fin if self.identite else None
        heures = contrat.get("heures")
        mots = f"Heures réduites à {str(heures).removesuffix('.0')}\u00a0h" if heures else "Dispense d’heures"
        quand = f" jusqu’au {fin:%d/%m/%Y}" if fin else ""
        motif = f"\u00a0: {str(contrat['dispense']).lower()}" if self.voit_sante else ""
        return [Signal("neutre", f"{mots}{quand}{motif}", "info-circle")]

    def _anomalies(self) -> list[Signal]:
        constats = []
        if self.entree and self.entree.b == "false":
            constats.append("Droits et devoirs\u00a0: la CAF dit oui, le recalcul dit non")
        if self.orientation is None and self.referent is not None:
            constats.append("Un référent, mais aucune orientation en cours")
        attendu = self.entree and (self.jour - self.entree.le).days > MOIS_CAF_ANCIEN
        if self.identite and not self.identite.dossier and attendu:
            constats.append("Aucun mois transmis par la CAF ou la MSA")
        return [Signal("veille", f"Anomalie\u00a0: {mots}") for mots in constats]
