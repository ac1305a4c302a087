"""The page of one proposal as one reader sees it: how far it has gone up, what became of it."""

from __future__ import annotations

import datetime
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from gouvernance.droits_participation import peut_tenir_proposition
from gouvernance.models import (
    Decision,
    EtatPoint,
    EtatProposition,
    EtatSeance,
    NatureInstance,
    PointOrdreDuJour,
    Proposition,
    Seance,
)
from gouvernance.querysets_participation import EN_ATTENTE
from gouvernance.regles.participation import AUTOMATE_PROPOSITION, NATURES_PARTICIPATION, TONS_PROPOSITION
from pdi.socle.composants import Etape, Evenement
from pdi.socle.formats import date_longue

COMITES = (
    (NatureInstance.COMITE_TECHNIQUE, "Comité technique"),
    (NatureInstance.COMITE_PILOTAGE, "Comité de pilotage"),
)

QUI_PROPOSENT = (*NATURES_PARTICIPATION, NatureInstance.DIALOGUE)
RECENTES, AU_PLUS = datetime.timedelta(days=731), 20


def propositions_de(seance: Seance) -> list[Proposition]:
    """Return what the group, or the territory of the dialogue, proposed in two years, for those who sit to read.

    Latest first, with the tone of their state; nothing for a body that does not propose.
    """
    if seance.instance.nature not in QUI_PROPOSENT:
        return []
    siennes = Proposition.objects.filter(
        instance=seance.instance, deposee_le__gte=timezone.localdate(seance.debut) - RECENTES
    )
    dialogue = getattr(seance, "dialogue", None)
    if dialogue is not None:
        siennes = siennes.filter(dialogue__territoire=dialogue.territoire_id)
    lues = list(siennes.select_related("decision", "fiche").order_by("-deposee_le", "numero")[:AU_PLUS])
    for p in lues:
        lue: Any = p
        lue.ton, lue.icone = TONS_PROPOSITION[EtatProposition(p.etat)]
    return lues


class LectureProposition:
    """One proposal and what the reader may do of it."""

    def __init__(self, proposition: Proposition, utilisateur: Any) -> None:
        """Keep them."""
        self.proposition, self.utilisateur = proposition, utilisateur
        self.ton, self.icone = TONS_PROPOSITION[EtatProposition(proposition.etat)]

    @cached_property
    def tenue(self) -> bool:
        """Return whether the reader says what becomes of it."""
        return peut_tenir_proposition(self.utilisateur, self.proposition).ok

    @property
    def verbes(self) -> set[str]:
        """Return what the reader may do now."""
        return {t.verbe for t in AUTOMATE_PROPOSITION.depuis(self.proposition.etat)} if self.tenue else set()

    @property
    def corrigeable(self) -> bool:
        """Return whether its words may still change."""
        return self.tenue and self.proposition.etat in EN_ATTENTE

    @cached_property
    def _lisibles(self) -> set[int]:
        """Return the meetings that the reader may open, among those it is on the agenda of."""
        cles = {p.seance_id for p in self.points}
        cles |= {self.proposition.decision.seance_id} if self.proposition.decision else set()
        return set(Seance.objects.visibles_par(self.utilisateur).filter(pk__in=cles).values_list("pk", flat=True))

    @cached_property
    def points(self) -> list[PointOrdreDuJour]:
        """Return the points of agenda about it, oldest first; what was put off or cancelled does not count."""
        ecartees = (EtatSeance.REPORTEE, EtatSeance.ANNULEE)
        siens = Q(proposition=self.proposition) | Q(pk__in=self.proposition.points_communs.values("pk"))
        lus = (
            PointOrdreDuJour.objects.filter(siens)
            .exclude(seance__etat__in=ecartees)
            .exclude(Q(etat=EtatPoint.REPORTE) & ~Exists(Decision.objects.filter(point=OuterRef("pk"))))
        )
        return list(lus.select_related("seance__instance__territoire").order_by("seance__debut", "pk"))

    @cached_property
    def passages(self) -> list[tuple[PointOrdreDuJour, str]]:
        """Return each point with the address of its meeting, empty when the reader may not open it."""
        return [(p, p.seance.get_absolute_url() if p.seance_id in self._lisibles else "") for p in self.points]

    @property
    def url_decision(self) -> str:
        """Return the page of the decision that takes it, when the reader may open it."""
        decision = self.proposition.decision
        return decision.get_absolute_url() if decision and decision.seance_id in self._lisibles else ""

    @cached_property
    def etapes(self) -> list[Etape]:
        """Return the steps: told, at the comité technique, at the comité de pilotage, answered."""
        p = self.proposition
        lues = [("Déposée", date_longue(p.deposee_le), True)]
        for nature, titre in COMITES:
            siens = [x for x in self.points if x.seance.instance.nature == nature]
            tenu = next((x for x in siens if x.seance.etat == EtatSeance.TENUE), None)
            choisi = tenu or next(iter(siens), None)
            jour = date_longue(timezone.localdate(choisi.seance.debut)) if choisi else ""
            detail = jour if tenu else f"prévu le {jour}" if choisi else ""
            lues.append((titre, detail, tenu is not None))
        repondue = p.etat not in EN_ATTENTE
        lues.append((p.get_etat_display() if repondue else "Suite donnée", "", repondue))
        courante = next((i for i, e in enumerate(lues) if not e[2]), None)
        if repondue:  # answered without going up: what was skipped is not to come
            lues = [e for e in lues if e[2]]
            courante = None
        return [Etape(t, d, "fait" if f else "courant" if i == courante else "") for i, (t, d, f) in enumerate(lues)]

    @cached_property
    def evenements(self) -> list[Evenement]:
        """Return what happened to it, latest first."""
        return [
            Evenement(
                timezone.localdate(t.le), EtatProposition(t.vers).label,
                ". ".join(m for m in (str(t.par or ""), t.commentaire) if m),
                TONS_PROPOSITION[EtatProposition(t.vers)][1], TONS_PROPOSITION[EtatProposition(t.vers)][0],
                "gouvernance",
            )
            for t in self.proposition.transitions.select_related("par")
        ]  # fmt: skip
