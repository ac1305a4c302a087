"""What the page of an avenant, or of a proposal, reads: the changes word by word, the conflicts, who speaks of it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

from actions.models import FicheAction
from actions.versions import a_lire, textes_de
from gouvernance.models import (
    Avenant,
    Decision,
    EtatAvenant,
    EtatModification,
    ModificationFiche,
    PointOrdreDuJour,
    Seance,
)
from gouvernance.regles.avenants import TONS_AVENANT, TONS_MODIFICATION
from pdi.socle.composants import Etape, Evenement
from pdi.socle.differences import Morceau, apres_seul, avant_seul, comparer_mots
from pdi.socle.formats import date_longue, typographier

EN_ATTENTE = (EtatModification.PROPOSEE, EtatModification.RETENUE)


def conflits(modifications: Iterable[ModificationFiche]) -> dict[int, str]:
    """Return {proposal: what the fiche says now} where it is no longer what the proposal starts from.

    For a new fiche: the fiche that took its number since.
    """
    attendues = [m for m in modifications if m.etat in EN_ATTENTE]
    textes = {f.pk: textes_de(f) for f in a_lire({m.ciblee.pk for m in attendues if not m.creation})}
    trouves = {}
    for m in attendues:
        if not m.creation and (dit := textes[m.ciblee.pk][m.champ]) != m.avant:
            trouves[m.pk] = dit
    creations = [m for m in attendues if m.creation]
    if creations:
        memes = FicheAction.objects.filter(
            programme__in={m.programme_vise.pk for m in creations}, numero__in={m.numero for m in creations}
        )
        prises = {(f.programme_id, f.numero): str(f) for f in memes}
        trouves |= {m.pk: prises[c] for m in creations if (c := (m.programme_vise.pk, m.numero)) in prises}
    return trouves


def ce_qui_change(modifications: Iterable[ModificationFiche], *, fait: bool) -> str:
    """Return « Fiches créées : 4.8. Fiche retirée : 2.3. Fiches modifiées : 1.1, 3.6. », « à créer » before it is."""
    lues = [m for m in modifications if m.etat != EtatModification.ECARTEE]
    sortes = {
        ("créée", "à créer"): [m.numero for m in lues if m.creation],
        ("retirée", "à retirer"): [m.numero for m in lues if m.retrait],
        ("modifiée", "à modifier"): [m.numero for m in lues if not m.creation and not m.retrait],
    }
    phrases = []
    for (mot, a_faire), numeros in sortes.items():
        if uniques := list(dict.fromkeys(numeros)):
            s = "s" if len(uniques) > 1 else ""
            phrases.append(f"Fiche{s} {f'{mot}{s}' if fait else a_faire}\u00a0: {', '.join(uniques)}.")
    return " ".join(phrases)


@dataclass(frozen=True)
class ModificationLue:
    """A proposal as it is shown. `conflit`: what the fiche says now, None when it is what the proposal starts from."""

    modification: ModificationFiche
    conflit: str | None

    @cached_property
    def morceaux(self) -> list[Morceau]:
        """Return the change word by word."""
        return comparer_mots(self.modification.avant, self.modification.apres)

    @property
    def avant(self) -> list[Morceau]:
        """Return the present text, what goes marked."""
        return avant_seul(self.morceaux)

    @property
    def apres(self) -> list[Morceau]:
        """Return the new text, what comes marked."""
        return apres_seul(self.morceaux)

    @property
    def affichage(self) -> tuple[str, str]:
        """Return the tone and the icon of the state."""
        return TONS_MODIFICATION[EtatModification(self.modification.etat)]


def lire_modifications(modifications: Sequence[ModificationFiche]) -> list[ModificationLue]:
    """Return the proposals with their conflicts (ten queries whatever their number)."""
    trouves = conflits(modifications)
    return [ModificationLue(m, trouves.get(m.pk)) for m in modifications]


class LectureAvenant:
    """One avenant, for one reader."""

    def __init__(self, avenant: Avenant, utilisateur: Any, jour: datetime.date) -> None:
        """Keep the avenant; the rest is read when asked."""
        self.avenant, self.utilisateur, self.jour = avenant, utilisateur, jour

    @cached_property
    def modifications(self) -> list[ModificationLue]:
        """Return what it changes, in the order of the fiches."""
        visibles = ModificationFiche.objects.visibles_par(self.utilisateur).filter(avenant=self.avenant)
        lies = ("fiche__programme", "programme", "par", "bilan__campagne", "decision", "version_fiche")
        return lire_modifications(list(visibles.select_related(*lies).dans_l_ordre()))

    @property
    def par_fiche(self) -> list[tuple[str, FicheAction | None, list[ModificationLue]]]:
        """Return (title, fiche, changes); a fiche to create is None."""
        groupes = groupby(self.modifications, key=lambda m: m.modification.numero)
        return [
            (
                f"{'Nouvelle fiche' if m.creation else 'Fiche'} {m.numero} – {typographier(m.intitule)}",
                m.fiche,
                lues,
            )
            for m, lues in ((lues[0].modification, lues) for lues in (list(g) for _, g in groupes))
        ]

    @property
    def resume(self) -> str:
        """Return which fiches it creates, withdraws, changes."""
        fait = self.avenant.applique_le is not None
        return ce_qui_change((m.modification for m in self.modifications), fait=fait)

    @property
    def en_conflit(self) -> list[ModificationLue]:
        """Return those whose fiche changed since."""
        return [m for m in self.modifications if m.conflit is not None]

    @cached_property
    def points(self) -> list[PointOrdreDuJour]:
        """Return the points of agendas about this avenant."""
        seances = Seance.objects.visibles_par(self.utilisateur)
        siens = PointOrdreDuJour.objects.filter(avenant=self.avenant, seance__in=seances)
        lus = siens.select_related("seance__instance__territoire").order_by("-seance__debut", "ordre")
        return list(lus[:20])

    @cached_property
    def decisions(self) -> list[Decision]:
        """Return the decisions taken on its points, and those its proposals come from."""
        visibles = Decision.objects.visibles_par(self.utilisateur)
        lues = visibles.filter(point__avenant=self.avenant) | visibles.filter(modifications__avenant=self.avenant)
        return list(lues.distinct().select_related("seance__instance__territoire").order_by("-seance__debut", "numero"))

    @property
    def etapes(self) -> list[Etape]:
        """Return the state bar."""
        a, rejete = self.avenant, self.avenant.etat == EtatAvenant.REJETE
        rangs = {EtatAvenant.PREPARATION: 0, EtatAvenant.PROPOSE: 1, EtatAvenant.VOTE: 2, EtatAvenant.REJETE: 2}
        rang = 4 if a.applique_le else 3 if a.etat == EtatAvenant.VOTE else 9 if rejete else rangs[EtatAvenant(a.etat)]
        vote = f"le {date_longue(a.vote_le)}" if a.vote_le else ""
        effet = f"le {date_longue(a.effet)}" if a.effet and not rejete else ""
        lues = [
            ("En préparation", ""), ("Proposé au vote", ""),
            ("Rejeté" if rejete else "Voté par l’Assemblée", vote), ("En vigueur", effet),
        ]  # fmt: skip
        if rejete:
            lues, rang = lues[:3], 3
        return [
            Etape(titre, detail, "fait" if i < rang else "courant" if i == rang else "")
            for i, (titre, detail) in enumerate(lues)
        ]

    @cached_property
    def evenements(self) -> list[Evenement]:
        """Return what happened to it, latest first."""
        lues = self.avenant.transitions.select_related("par")
        return [
            Evenement(
                t.jour, EtatAvenant(t.vers).label, ". ".join(m for m in (str(t.par or ""), t.commentaire) if m),
                TONS_AVENANT[EtatAvenant(t.vers)][1], TONS_AVENANT[EtatAvenant(t.vers)][0], "gouvernance",
            )
            for t in lues
        ]  # fmt: skip
