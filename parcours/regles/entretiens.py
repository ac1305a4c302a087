"""Rules of meetings: what may become of one, when, and how the weeks of a diary are counted. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from parcours.models import EtatEntretien
from pdi.socle.etats import Automate, Transition

SUIVI = "suivi"
PREVU, TENU, MANQUE = EtatEntretien.PREVU, EtatEntretien.TENU, EtatEntretien.MANQUE
EXCUSE, ANNULE = EtatEntretien.EXCUSE, EtatEntretien.ANNULE
JOUR_VENU = "its day has come"

AUTOMATE_ENTRETIEN = Automate(
    nom="Entretien",
    objet="le rendez-vous",
    etats=EtatEntretien,
    acteurs={SUIVI: "agents qui suivent la personne"},
    source="CASF L262-27 (référent); attendance counts the meetings held and missed, neither excused nor cancelled.",
    transitions=(
        Transition("", PREVU, "planifier_entretien", "Planifier", (SUIVI,), "no other meeting then, or both kept"),
        Transition(PREVU, TENU, "tenir_entretien", "Dire tenu", (SUIVI,), JOUR_VENU),
        Transition(PREVU, MANQUE, "marquer_manque", "Dire manqué", (SUIVI,), JOUR_VENU),
        Transition(PREVU, EXCUSE, "excuser_entretien", "Excuser", (SUIVI,)),
        Transition(MANQUE, EXCUSE, "excuser_entretien", "Excuser", (SUIVI,)),
        Transition(PREVU, ANNULE, "annuler_entretien", "Annuler", (SUIVI,), commentaire=True),
        Transition(TENU, PREVU, "rouvrir_entretien", "Corriger l’issue", (SUIVI,), commentaire=True),
        Transition(MANQUE, PREVU, "rouvrir_entretien", "Corriger l’issue", (SUIVI,), commentaire=True),
        Transition(EXCUSE, PREVU, "rouvrir_entretien", "Corriger l’issue", (SUIVI,), commentaire=True),
        Transition(ANNULE, PREVU, "rouvrir_entretien", "Corriger l’issue", (SUIVI,), commentaire=True),
    ),
    contraintes=("entretien_annulation_motivee", "entretien_brouillon_d_une_saisie", "entretien_duree_plausible"),
)

# The outcome one says of a planned meeting, and the operation that writes it.
ISSUES = {TENU: "tenir_entretien", MANQUE: "marquer_manque", EXCUSE: "excuser_entretien"}
TON = {PREVU: "info", TENU: "bon", MANQUE: "retard", EXCUSE: "veille", ANNULE: "neutre"}
ICONE = {
    PREVU: "calendar-event", TENU: "check-circle-fill", MANQUE: "calendar-x", EXCUSE: "calendar-x", ANNULE: "x-lg",
}  # fmt: skip
A_VENIR = "Ce rendez-vous est à venir : il ne peut être dit ni tenu ni manqué avant son jour."


def manques_pour_issue(issue: str, debut: datetime.date, jour: datetime.date) -> list[str]:
    """Return what keeps `issue` from being said on `jour` of a meeting of `debut`: held and missed wait for the day."""
    return [A_VENIR] if issue in (TENU, MANQUE) and debut > jour else []


@dataclass(frozen=True)
class Assiduite:
    """Meetings held out of those held or missed; excused and cancelled ones count for nothing (DOMAINE §2)."""

    tenus: int
    manques: int

    @property
    def total(self) -> int:
        """Return the denominator."""
        return self.tenus + self.manques


def assiduite(etats: Iterable[str]) -> Assiduite:
    """Return the attendance over these states."""
    lus = list(etats)
    return Assiduite(lus.count(TENU), lus.count(MANQUE))


def lundi(jour: datetime.date) -> datetime.date:
    """Return the Monday of the week of `jour`."""
    return jour - datetime.timedelta(days=jour.weekday())


def chevauche(a: datetime.datetime, fin_a: datetime.datetime, b: datetime.datetime, fin_b: datetime.datetime) -> bool:
    """Return whether two half-open slots overlap: one that ends as the other begins does not."""
    return a < fin_b and b < fin_a
