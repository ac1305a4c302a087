"""State machines of meetings and decisions, the quorum, the hours of an agenda, the countdown to the vote. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gouvernance.models.decision import EtatDecision
from gouvernance.models.seance import EtatPresence, EtatSeance
from pdi.socle.etats import Automate, Transition
from pdi.socle.formats import date_longue

SECRETARIAT, RESPONSABLE = "secretariat", "responsable"
ACTEURS_SEANCE = {SECRETARIAT: "secrétaires de l’instance, chargés de programme et administrateurs"}
ACTEURS_DECISION = ACTEURS_SEANCE | {RESPONSABLE: "celui qui porte la décision"}
_S, _SR = (SECRETARIAT,), (SECRETARIAT, RESPONSABLE)

AUTOMATE_SEANCE = Automate(
    nom="Séance",
    objet="la séance",
    etats=EtatSeance,
    acteurs=ACTEURS_SEANCE,
    source="The comité de pilotage and comité technique of the five programmes meet at least once a year.",
    transitions=(
        Transition("", EtatSeance.PREPAREE, "preparer_seance", "Préparer", _S),
        Transition(
            EtatSeance.PREPAREE, EtatSeance.CONVOQUEE, "convoquer_seance", "Convoquer", _S,
            "an agenda, members in office, a day to come",
        ),
        Transition(EtatSeance.CONVOQUEE, EtatSeance.OUVERTE, "ouvrir_seance", "Ouvrir", _S),
        Transition(
            EtatSeance.OUVERTE, EtatSeance.CONVOQUEE, "refermer_seance", "Revenir à convoquée", _S,
            "opened by mistake: nothing decided, never held",
        ),
        Transition(EtatSeance.OUVERTE, EtatSeance.TENUE, "clore_seance", "Clore", _S),
        Transition(EtatSeance.TENUE, EtatSeance.OUVERTE, "rouvrir_seance", "Rouvrir", _S, commentaire=True),
        *(
            Transition(etat, EtatSeance.REPORTEE, "reporter_seance", "Reporter", _S, "another day", commentaire=True)
            for etat in (EtatSeance.PREPAREE, EtatSeance.CONVOQUEE)
        ),
        *(
            Transition(etat, EtatSeance.ANNULEE, "annuler_seance", "Annuler", _S, commentaire=True)
            for etat in (EtatSeance.PREPAREE, EtatSeance.CONVOQUEE)
        ),
    ),
    contraintes=("seance_report_motive", "seance_tenue_close", "seance_ouverte_datee"),
)  # fmt: skip

_A_TENIR = (EtatDecision.A_FAIRE, EtatDecision.EN_COURS, EtatDecision.REPORTEE)
AUTOMATE_DECISION = Automate(
    nom="Décision de séance",
    objet="la décision",
    etats=EtatDecision,
    acteurs=ACTEURS_DECISION,
    source="Decisions are taken up at the next meeting of the body until they are carried out.",
    transitions=(
        Transition("", EtatDecision.A_FAIRE, "noter_decision", "Noter", _S, "the meeting is open, or held"),
        Transition(EtatDecision.A_FAIRE, EtatDecision.EN_COURS, "commencer_decision", "Commencer", _SR),
        Transition(EtatDecision.REPORTEE, EtatDecision.EN_COURS, "commencer_decision", "Commencer", _SR),
        *(
            Transition(e, EtatDecision.FAITE, "tenir_decision", "Dire faite", _SR, "what was done", commentaire=True)
            for e in _A_TENIR
        ),
        *(
            Transition(e, EtatDecision.REPORTEE, "reporter_decision", "Reporter", _SR, "another day", commentaire=True)
            for e in _A_TENIR
        ),
        *(
            Transition(e, EtatDecision.ABANDONNEE, "abandonner_decision", "Abandonner", _S, commentaire=True)
            for e in _A_TENIR
        ),
        *(
            Transition(e, EtatDecision.EN_COURS, "reprendre_decision", "Reprendre", _S, commentaire=True)
            for e in (EtatDecision.FAITE, EtatDecision.ABANDONNEE)
        ),
    ),
    contraintes=("decision_faite_prouvee",),
)  # fmt: skip

TONS_SEANCE = {
    EtatSeance.PREPAREE: ("neutre", "pencil-square"), EtatSeance.CONVOQUEE: ("info", "send"),
    EtatSeance.OUVERTE: ("info", "record-circle-fill"), EtatSeance.TENUE: ("bon", "check-lg"),
    EtatSeance.REPORTEE: ("veille", "arrow-repeat"), EtatSeance.ANNULEE: ("neutre", "x-lg"),
}  # fmt: skip
TONS_DECISION = {
    EtatDecision.A_FAIRE: ("neutre", "circle"), EtatDecision.EN_COURS: ("info", "hourglass-split"),
    EtatDecision.FAITE: ("bon", "check-lg"), EtatDecision.REPORTEE: ("veille", "arrow-repeat"),
    EtatDecision.ABANDONNEE: ("neutre", "x-lg"),
}  # fmt: skip
PRESENTS = (EtatPresence.PRESENT, EtatPresence.REPRESENTE)
DUREE_POINT = 15  # minutes, for a point that says nothing


@dataclass(frozen=True)
class Quorum:
    """Voices present or represented, among those of the body; `requis` None: no rule."""

    voix: int
    presentes: int
    requis: int | None

    @property
    def atteint(self) -> bool | None:
        """Return whether the meeting may deliberate, None without a rule."""
        return None if self.requis is None else self.presentes >= self.requis


def quorum(presences: Iterable[tuple[bool, str]], requis: int | None) -> Quorum:
    """Count the quorum of (has a voice, state) pairs."""
    voix = [etat for a_voix, etat in presences if a_voix]
    return Quorum(len(voix), sum(etat in PRESENTS for etat in voix), requis)


RELANCES = (7, 2)  # days before a meeting when those who have not answered are reminded


def a_relancer(seance: datetime.date, dernier: datetime.date, jour: datetime.date) -> bool:
    """Return whether a member silent since `dernier`, the last letter, is to be reminded on `jour`."""
    reste = (seance - jour).days
    passes = [n for n in RELANCES if 0 < reste <= n]
    return bool(passes) and dernier < seance - datetime.timedelta(days=min(passes))


def heures(debut: datetime.datetime, durees: Sequence[int | None]) -> list[datetime.datetime]:
    """Return when each point should begin, in order; a point without a length counts for 15 minutes."""
    lues, courante = [], debut
    for duree in durees:
        lues.append(courante)
        courante += datetime.timedelta(minutes=duree or DUREE_POINT)
    return lues


def deplacer(rangs: Sequence[int], lequel: int, pas: int) -> list[int]:
    """Return the identifiers with `lequel` moved by `pas` places, inside the list; unknown: the same list."""
    lus = list(rangs)
    if lequel not in lus:
        return lus
    place = lus.index(lequel)
    lus.insert(max(0, min(len(lus) - 1, place + pas)), lus.pop(place))
    return lus


def faute_de_votes(
    presentes: int, pour: int | None, contre: int | None, abstentions: int | None, *, unanimite: bool
) -> str:
    """Return why votes cannot be, empty when they can: more than the voices present, or unanimity with « against »."""
    exprimees = sum(v or 0 for v in (pour, contre, abstentions))
    if unanimite and (contre or abstentions):
        return "Une décision à l’unanimité n’a ni voix contre ni abstention."
    if exprimees > presentes:
        return f"{exprimees} voix notées pour {presentes} voix présentes ou représentées : relisez les votes."
    return ""


def compte_a_rebours(echeance: datetime.date, jour: datetime.date, vote_le: datetime.date | None) -> tuple[str, str]:
    """Return (tone, words) of the vote due by `echeance`, its day included. Source: CASF L263-1."""
    dite = f"le {date_longue(echeance)}"
    if vote_le is not None:
        retard = (vote_le - echeance).days
        if retard <= 0:
            return "bon", f"L’Assemblée a délibéré le {date_longue(vote_le)}, avant l’échéance."
        return "veille", f"L’Assemblée a délibéré le {date_longue(vote_le)}, {_jours(retard)} après l’échéance."
    reste = (echeance - jour).days
    if reste < 0:
        return "retard", f"L’Assemblée devait délibérer avant {dite} : {_jours(-reste)} de retard."
    if reste == 0:
        return "veille", "Dernier jour pour la délibération de l’Assemblée."
    return "veille" if reste <= 60 else "info", f"Reste {_jours(reste)} avant la délibération, à prendre avant {dite}."


def _jours(nombre: int) -> str:
    return f"{nombre}\u00a0jour{'s' if nombre > 1 else ''}"
