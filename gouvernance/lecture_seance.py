"""The page of one meeting as one reader sees it: agenda with its hours, presence, decisions, those taken up again."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils import timezone

from gouvernance.droits_instances import nom_du_membre, peut_tenir_instance
from gouvernance.lecture_proposition import QUI_PROPOSENT, propositions_de
from gouvernance.models import (
    Decision,
    EtatDecision,
    EtatSeance,
    Membre,
    PointOrdreDuJour,
    Presence,
    Proposition,
    Questionnaire,
    Seance,
)
from gouvernance.operations.convocations import adresse_de, envoi_en_cours, jeton, joignable
from gouvernance.querysets import OUVERTES
from gouvernance.regles.seances import (
    AUTOMATE_SEANCE,
    TONS_DECISION,
    TONS_SEANCE,
    Quorum,
    heures,
    quorum,
)
from pdi.comptes.models import ROLES_DEPARTEMENT
from pdi.socle.composants import Evenement
from pdi.socle.formats import compte, date_longue
from pdi.socle.models import Traitement

TONS_POINT = {
    "a_venir": ("neutre", "circle"), "en_discussion": ("info", "chat-left-text-fill"),
    "traite": ("bon", "check-circle-fill"),
    "reporte": ("veille", "arrow-repeat"),
}  # fmt: skip
SUITES = 30
OBJETS_DITS = {
    "fiche": "Ouvrir la fiche", "bilan": "Ouvrir le bilan", "campagne": "Ouvrir les bilans", "offre": "Ouvrir l’offre",
    "convention": "Ouvrir la convention", "rapport": "Ouvrir le rapport", "proposition": "Ouvrir la proposition",
    "avenant": "Ouvrir l’avenant",
}  # fmt: skip


@dataclass(frozen=True)
class PointLu:
    """A point of the agenda, when it should begin, what it is about."""

    point: PointOrdreDuJour
    heure: datetime.datetime
    ton: str
    icone: str
    lien: str = ""
    mots: str = ""


@dataclass(frozen=True)
class PresenceLue:
    """A member at the meeting, as the reader may know them."""

    presence: Presence
    nom: str
    precision: str


def lire_decisions(decisions: Any) -> list[Decision]:
    """Return the decisions with the tone and the icon of their state."""
    lues = list(decisions.select_related("responsable", "structure", "point", "seance__instance__territoire"))
    for d in lues:
        d.ton, d.icone = TONS_DECISION[EtatDecision(d.etat)]
    return lues


class LectureSeance:
    """One meeting and what the reader may do of it."""

    def __init__(self, seance: Seance, utilisateur: Any, jour: datetime.date) -> None:
        """Keep them."""
        self.seance, self.utilisateur, self.jour = seance, utilisateur, jour
        self.ton, self.icone = TONS_SEANCE[EtatSeance(seance.etat)]

    @cached_property
    def tenue(self) -> bool:
        """Return whether the reader keeps the body."""
        return peut_tenir_instance(self.utilisateur, self.seance.instance).ok

    @cached_property
    def gestes(self) -> set[str]:
        """Return the verbs the reader may do now."""
        if not self.tenue:
            return set()
        verbes = {t.verbe for t in AUTOMATE_SEANCE.depuis(self.seance.etat)}
        if self.seance.etat in (EtatSeance.PREPAREE, EtatSeance.CONVOQUEE, EtatSeance.OUVERTE):
            verbes |= {"modifier", "ordre"}
        if self.seance.etat == EtatSeance.CONVOQUEE:
            verbes.add("relancer")
        if self.seance.close_le is not None or self.seance.decisions.exists():
            verbes.discard("refermer_seance")
        return verbes

    @cached_property
    def envoi(self) -> Traitement | None:
        """Return the letters that are leaving, for who keeps the body."""
        return envoi_en_cours(self.seance) if self.tenue else None

    @property
    def ouverte(self) -> bool:
        """Return whether the reader works in it now."""
        return self.tenue and self.seance.etat == EtatSeance.OUVERTE

    @property
    def attente(self) -> bool:
        """Return whether decisions typed on this machine may wait to be written."""
        return self.tenue and self.seance.etat in (EtatSeance.OUVERTE, EtatSeance.TENUE)

    @property
    def releve(self) -> bool:
        """Return whether the reader may have the minutes: everybody once held, who keeps the body before."""
        return self.seance.etat == EtatSeance.TENUE or self.ouverte

    @property
    def releve_a_envoyer(self) -> bool:
        """Return whether the reader may send the minutes to somebody who has not received them."""
        tenue = self.tenue and self.seance.etat == EtatSeance.TENUE
        return tenue and any(p.releve_le is None and joignable(p.membre) for p in self._presences)

    @property
    def releve_envoye(self) -> int:
        """Return how many members received the minutes."""
        return sum(p.releve_le is not None for p in self._presences)

    @cached_property
    def points(self) -> list[PointLu]:
        """Return the agenda with its hours."""
        liens = {"campagne": "campagne__programme", "rapport": "rapport__programme"}
        lus = list(self.seance.points.select_related(*(liens.get(nom, nom) for nom in OBJETS_DITS)))
        debuts = heures(self.seance.debut, [p.duree_minutes for p in lus])
        return [
            PointLu(p, h, *TONS_POINT[p.etat], *_objet(p, self.utilisateur)) for p, h in zip(lus, debuts, strict=True)
        ]

    @cached_property
    def _presences(self) -> list[Presence]:
        return list(self.seance.presences.select_related("membre__compte", "membre__structure"))

    @cached_property
    def presences(self) -> list[PresenceLue]:
        """Return who is convened, those who preside first."""
        lues = sorted(self._presences, key=lambda p: (not p.membre.preside, not p.membre.voix, p.membre.college, p.pk))
        return [self._presence(p) for p in lues]

    def _presence(self, presence: Presence) -> PresenceLue:
        m = presence.membre
        nom = nom_du_membre(m, tenue=self.tenue)
        structure = str(m.structure) if m.structure_id and nom != str(m.structure) else ""
        precision = ", ".join(x for x in (m.qualite, structure, "" if m.voix else "voix consultative") if x)
        return PresenceLue(presence, nom, precision)

    @cached_property
    def quorum(self) -> Quorum:
        """Return the quorum as presence stands."""
        return quorum(((p.membre.voix, p.etat) for p in self._presences), self.seance.quorum)

    @cached_property
    def reponses(self) -> dict[str, int]:
        """Return how many said they come, do not, gave a proxy, said nothing."""
        lues = [p.reponse for p in self._presences]
        return {"oui": lues.count("oui"), "non": lues.count("non"), "pouvoir": lues.count("pouvoir"),
                "muets": lues.count("")}  # fmt: skip

    @cached_property
    def sienne(self) -> str:
        """Return the address where the reader answers their own convocation, empty when they have none."""
        if self.seance.etat != EtatSeance.CONVOQUEE:
            return ""
        sieges = {m.pk for m in Membre.objects.de(self.utilisateur).filter(instance=self.seance.instance_id)}
        siennes = [p for p in self._presences if p.membre_id in sieges]
        return reverse("gouvernance:convocation_reponse", args=[jeton(siennes[0])]) if siennes else ""

    @cached_property
    def decisions(self) -> list[Decision]:
        """Return what was decided."""
        return lire_decisions(self.seance.decisions)

    @cached_property
    def suites(self) -> list[tuple[str, str, list[Decision]]]:
        """Return the decisions of earlier meetings of the body: to do, going on, done since the last meeting."""
        avant = Decision.objects.filter(
            seance__instance=self.seance.instance, seance__debut__lt=self.seance.debut
        ).order_by("-seance__debut", "numero")
        lues = lire_decisions(avant)[:SUITES]
        if not lues:
            return []
        return [
            ("À faire", "neutre", [d for d in lues if d.etat == EtatDecision.A_FAIRE]),
            ("En cours", "info", [d for d in lues if d.etat in OUVERTES and d.etat != EtatDecision.A_FAIRE]),
            ("Closes", "bon", [d for d in lues if d.etat not in OUVERTES]),
        ]

    @cached_property
    def propositions(self) -> list[Proposition]:
        """Return what the group or the territory proposed, and what became of it."""
        return propositions_de(self.seance)

    @cached_property
    def questionnaires(self) -> list[Questionnaire]:
        """Return the questionnaires about the meeting that the reader may see."""
        return list(Questionnaire.objects.visibles_par(self.utilisateur).filter(seance=self.seance))

    @property
    def url_proposer(self) -> str:
        """Return where a proposal of this meeting is noted; empty when its body does not propose, or is not kept."""
        if not self.tenue or self.seance.instance.nature not in QUI_PROPOSENT:
            return ""
        dialogue = getattr(self.seance, "dialogue", None)
        if dialogue is not None:
            return reverse("gouvernance:dialogue_proposer", args=[dialogue.pk])
        return f"{reverse('gouvernance:proposition_deposer', args=[self.seance.instance_id])}?seance={self.seance.pk}"

    @property
    def evenements(self) -> list[Evenement]:
        """Return its changes of state, latest first."""
        return [
            Evenement(
                t.jour, EtatSeance(t.vers).label,
                ". ".join(m for m in (str(t.par or "") if self.tenue else "", t.commentaire) if m),
                TONS_SEANCE[EtatSeance(t.vers)][1], domaine="gouvernance",
            )
            for t in self.seance.transitions.select_related("par")
        ]  # fmt: skip


def avertir(seance: Seance, geste: str, jour: datetime.date) -> str:
    """Return what to know before a gesture: who has no address, a meeting opened on another day than its own."""
    if geste == "ouvrir" and timezone.localdate(seance.debut) != jour:
        return (
            f"Cette séance est prévue le {date_longue(timezone.localdate(seance.debut), jour=True)}, pas aujourd’hui."
        )
    if geste != "convoquer":
        return ""
    membres = list(seance.instance.membres.au(timezone.localdate(seance.debut)).select_related("compte", "structure"))
    muets = [nom_du_membre(m, tenue=True) for m in membres if not joignable(m)]
    dit = f"{compte(len(membres), 'membre')} en fonction ce jour-là."
    if muets:
        dit += f" Sans adresse, à prévenir autrement : {', '.join(muets)}."
    if any(joignable(m) and not adresse_de(m) for m in membres):
        dit += " Aucun courriel ne part vers les comptes de démonstration."
    return dit


def _objet(point: PointOrdreDuJour, utilisateur: Any) -> tuple[str, str]:
    """Return where what a point is about is read, and the words of the link."""
    for nom, mots in OBJETS_DITS.items():
        objet: Any = getattr(point, nom)
        if objet is None:
            continue
        if nom == "campagne" and not (utilisateur.is_authenticated and utilisateur.a_role(*ROLES_DEPARTEMENT)):
            break
        return objet.get_absolute_url(), mots
    return "", ""
