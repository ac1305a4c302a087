"""The page of one aid: where it stands, what each rule says, what is left, its log."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.utils import timezone

from parcours.droits.aides import acteurs_aide, peut_agir_aide, peut_joindre
from parcours.forms.aides import ACTES
from parcours.lecture_aides import controler, enveloppe_de, restes_de
from parcours.models import AttributionAide, EtatAide, PieceAide
from parcours.models import EtatAide as E
from parcours.regles.aides import Controle, derogeables
from parcours.regles.attributions import DECIDEUR, TONS
from parcours.regles.restes import Restes
from pdi.socle.composants import Etape, Evenement

ICONES = {
    E.DEMANDEE: "pencil-square", E.A_CORRIGER: "arrow-return-left", E.ACCORDEE: "check-lg", E.REFUSEE: "x-lg",
    E.VERSEE: "cash-coin", E.ANNULEE: "x-lg",
}  # fmt: skip


class LectureAide:
    """One aid as one reader sees it. `personne` comes from `droits.avec_acces`."""

    def __init__(self, aide: AttributionAide, utilisateur: Any) -> None:
        """Keep both."""
        self.a, self.utilisateur = aide, utilisateur
        self._vivants: list[Controle] = []

    @cached_property
    def acteurs(self) -> frozenset[str]:
        """Return what the reader is to it."""
        return acteurs_aide(self.utilisateur, self.a)

    @cached_property
    def gestes(self) -> list[tuple[str, Any]]:
        """Return (code, gesture) of what the reader may do now, the next step first."""
        return [
            (code, acte)
            for code, acte in ACTES.items()
            if (
                peut_joindre(self.utilisateur, self.a)
                if acte.verbe == "joindre"
                else peut_agir_aide(self.utilisateur, self.a, acte.verbe, acteurs=self.acteurs)
            )
        ]

    @property
    def corrigeable(self) -> bool:
        """Return whether the reader may correct the request."""
        return bool(peut_agir_aide(self.utilisateur, self.a, "corriger_aide", acteurs=self.acteurs))

    @property
    def attente(self) -> str:
        """Return why the reader cannot decide, when the decision is due."""
        if self.a.etat != E.DEMANDEE:
            return ""
        verdict = peut_agir_aide(self.utilisateur, self.a, "accorder_aide", acteurs=self.acteurs)
        if verdict:
            return ""
        return verdict.motif if DECIDEUR in self.acteurs else "L’encadrant de la personne décide."

    @property
    def ton(self) -> str:
        """Return the tone of the state."""
        return TONS[EtatAide(self.a.etat)]

    @property
    def etapes(self) -> list[Etape]:
        """Return the life cycle as steps."""
        a = self.a
        dates = [
            ("Demandée", a.demandee_le), ("Accordée", a.decidee_le if a.etat in (E.ACCORDEE, E.VERSEE) else None),
            ("Versée", a.versee_le),
        ]  # fmt: skip
        arret = {E.REFUSEE: ("Refusée", a.decidee_le), E.ANNULEE: ("Annulée", a.annulee_le)}.get(E(a.etat))
        if arret:
            dates = [dates[0], arret]
        faites = [rang for rang, (_, jour) in enumerate(dates) if jour]
        return [
            Etape(
                titre, f"{jour:%d/%m/%Y}" if jour else "", "courant" if rang == faites[-1] else "fait" if jour else ""
            )
            for rang, (titre, jour) in enumerate(dates)
        ]

    @cached_property
    def controles(self) -> list[dict[str, Any]]:
        """Return what each rule says, those that refuse first: today until the decision, then as it was at it."""
        if self.a.etat not in (E.DEMANDEE, E.A_CORRIGER):
            return sorted(self.a.controles, key=lambda c: bool(c["ok"]))
        jour = timezone.localdate()
        enveloppe = enveloppe_de(self.a.reglement, self.a.personne_id, jour)
        self._vivants = controler(self.a, jour=jour, enveloppe=enveloppe)
        return sorted((c.en_json() for c in self._vivants), key=lambda c: bool(c["ok"]))

    @property
    def refus(self) -> list[dict[str, Any]]:
        """Return the rules that refuse."""
        return [c for c in self.controles if not c["ok"]]

    @property
    def derogation_possible(self) -> bool:
        """Return whether every rule that refuses may be set aside."""
        return (
            self.a.etat == E.DEMANDEE and bool(self.controles) and derogeables(self.a.reglement.regles, self._vivants)
        )

    @property
    def restes(self) -> Restes | None:
        """Return what is left to the person under this règlement."""
        lus = restes_de(self.a.personne_id, [self.a.reglement], timezone.localdate())
        return lus[0].restes if lus else None

    @cached_property
    def pieces(self) -> list[PieceAide]:
        """Return the supporting documents."""
        return list(self.a.pieces.select_related("deposee_par"))

    @property
    def evenements(self) -> list[Evenement]:
        """Return the log of changes, latest first, in one query."""
        return [
            Evenement(
                ligne.jour,
                E(ligne.vers).label if ligne.de != ligne.vers else "Demande corrigée",
                ". ".join(m for m in (str(ligne.par or ""), ligne.commentaire) if m),
                ICONES[E(ligne.vers)],
                TONS[E(ligne.vers)],
            )
            for ligne in self.a.transitions.select_related("par")
        ]
