"""The page of one body as one reader sees it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse

from gouvernance.droits_instances import nom_du_membre, peut_tenir_instance
from gouvernance.models import Decision, EtatSeance, Instance, Membre, Presence, ReglementInstance, Seance
from gouvernance.querysets_participation import EN_ATTENTE
from gouvernance.regles.seances import PRESENTS, TONS_SEANCE
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

    # -- meetings ------------------------------------------------------------------------------

    @cached_property
    def seances(self) -> list[Seance]:
        """Return the last meetings the reader may see, those to come included."""
        lues = list(
            Seance.objects.visibles_par(self.utilisateur).filter(instance=self.instance).order_by("-debut", "-pk")[:6]
        )
        for lue in lues:
            ligne: Any = lue
            ligne.ton, ligne.icone = TONS_SEANCE[EtatSeance(lue.etat)]
        return lues

    @cached_property
    def comptes(self) -> dict[str, int]:
        """Return meetings held this year, attendance over two years, decisions to carry out (three queries)."""
        tenues = Seance.objects.filter(instance=self.instance, etat=EtatSeance.TENUE)
        presences = Presence.objects.filter(seance__in=tenues.filter(debut__year__gte=self.jour.year - 1))
        compte = presences.aggregate(convoques=Count("pk"), presents=Count("pk", filter=Q(etat__in=PRESENTS)))
        decisions = Decision.objects.filter(seance__instance=self.instance).ouvertes().count()
        return {"tenues": tenues.filter(debut__year=self.jour.year).count(), "ouvertes": decisions, **compte}

    @cached_property
    def propositions(self) -> dict[str, int]:
        """Return how many proposals it made, and how many wait for their outcome (one query)."""
        attente = Count("pk", filter=Q(etat__in=EN_ATTENTE))
        return self.instance.propositions.aggregate(total=Count("pk"), attente=attente)

    @property
    def participation(self) -> Decimal | None:
        """Return the attendance rate, in percent."""
        lus = self.comptes
        return Decimal(lus["presents"]) * 100 / lus["convoques"] if lus["convoques"] else None

    @property
    def unite_tenues(self) -> str:
        """Return « sur 2 dues en 2026 »."""
        dues = self.instance.seances_par_an
        return f"sur {dues} {'due' if dues == 1 else 'dues'} en {self.jour.year}" if dues else f"en {self.jour.year}"

    @property
    def url_decisions(self) -> str:
        """Return the list of its decisions to carry out."""
        return f"{reverse('gouvernance:decisions')}?instance={self.instance.pk}&avancement=ouvertes"
