"""Participation of the demonstration: a group, the dialogues of two years, two questionnaires; fictitious, marked."""

from __future__ import annotations

import datetime
import json
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from actions.models import FicheAction
from gouvernance.models import (
    Decision,
    DialogueTerritorial,
    EtatPresence,
    EtatProposition,
    EtatQuestionnaire,
    EtatSeance,
    FormationMembres,
    GenreQuestion,
    Instance,
    Membre,
    Moderation,
    NatureInstance,
    PointOrdreDuJour,
    Presence,
    Proposition,
    Question,
    Questionnaire,
    ReponseQuestion,
    ReponseQuestionnaire,
    Seance,
    TransitionProposition,
)
from gouvernance.preparation_dialogue import composer
from gouvernance.regles.questionnaires import MODELE
from pdi.comptes.demo import DOMAINE
from pdi.comptes.models import Utilisateur
from pdi.socle.typographie import typographier_tout

from .demonstration import DEPARTEMENT, PRESENCES, PROGRAMME, SECRETAIRE
from .dialogues import POINTS, territoires_de

FICHES_GENEREES = 3  # of this year's dialogues; the others are left to generate
UN_JOUR = datetime.timedelta(days=1)
# The states a proposal has gone through, by the one it is in.
CHEMINS = {
    EtatProposition.DEPOSEE: ("deposee",), EtatProposition.EXAMINEE: ("deposee", "examinee"),
    EtatProposition.RETENUE: ("deposee", "examinee", "retenue"),
    EtatProposition.ECARTEE: ("deposee", "examinee", "ecartee"),
    EtatProposition.REALISEE: ("deposee", "examinee", "retenue", "realisee"),
}  # fmt: skip


def _ouvre(jour: datetime.date) -> datetime.date:
    """Return that day, or the Monday after a week-end."""
    return jour + max(0, 7 - jour.weekday()) * UN_JOUR if jour.weekday() > 4 else jour


@dataclass(frozen=True)
class Bilan:
    """What was added."""

    dialogues: int
    propositions: int
    reponses: int


class _Recit:
    """The fixture, and what it names in the base."""

    def __init__(self, chemin: Path, jour: datetime.date) -> None:
        self.lu: dict[str, Any] = typographier_tout(json.loads(chemin.read_text(encoding="utf-8")))
        self.jour = jour
        self.comptes = {u.courriel.split("@")[0]: u for u in Utilisateur.objects.filter(courriel__endswith=DOMAINE)}
        self.secretaire = Utilisateur.objects.filter(courriel=SECRETAIRE).first()
        self.fiches = {f.numero: f for f in FicheAction.objects.filter(programme__code=PROGRAMME)}

    def dans(self, mois: int) -> datetime.date:
        """Return the tenth of the month that is `mois` months away, or the Monday after."""
        rang = self.jour.year * 12 + self.jour.month - 1 + mois
        return _ouvre(datetime.date(rang // 12, rang % 12 + 1, 10))

    def instance(self, nom: str) -> Instance | None:
        """Return a body of the département, kept by the demonstration's secretary."""
        lue = Instance.objects.filter(departement=DEPARTEMENT, nom=nom).first()
        if lue is not None and self.secretaire is not None:
            lue.secretaires.add(self.secretaire)
        return lue

    def membres(self, instance: Instance, dits: list[dict[str, Any]]) -> list[Membre]:
        """Add the members; those without a beginning sit since two years."""
        return Membre.objects.bulk_create(
            [
                Membre(
                    instance=instance, nom=m.get("nom", ""), compte=self.comptes.get(m.get("compte", "")),
                    qualite=m["qualite"], college=m.get("college", "beneficiaire"),
                    voix=not m.get("sans_voix"), preside=bool(m.get("preside")), demonstration=True,
                    mandat=DateRange(
                        self.dans(m.get("debut", -26)).replace(day=1), self.dans(m["fin"]) if "fin" in m else None
                    ),
                )
                for m in dits
                if m.get("nom") or m["compte"] in self.comptes
            ]
        )  # fmt: skip

    def seance(self, instance: Instance, jour: datetime.date, points: list[str], **champs: Any) -> Seance:
        """Add a meeting of the morning, held when its day is past, and who came."""
        debut = datetime.datetime.combine(jour, datetime.time(9, 30), timezone.get_current_timezone())
        fin, tenue = debut + datetime.timedelta(hours=2), jour < self.jour
        seance = Seance.objects.create(
            instance=instance, debut=debut, fin=fin, demonstration=True, convoquee_le=debut - 21 * UN_JOUR,
            etat=EtatSeance.TENUE if tenue else EtatSeance.CONVOQUEE, ouverte_le=debut if tenue else None,
            close_le=fin if tenue else None, **champs,
        )  # fmt: skip
        PointOrdreDuJour.objects.bulk_create(
            [
                PointOrdreDuJour(
                    seance=seance, ordre=n, titre=t, duree_minutes=25, etat="traite" if tenue else "a_venir"
                )
                for n, t in enumerate(points, 1)
            ]
        )
        membres = [m for m in instance.membres.all() if jour in m.mandat]
        etats = [PRESENCES[(n + jour.month) % len(PRESENCES)] if tenue else EtatPresence.ATTENDU
                 for n in range(len(membres))]  # fmt: skip
        Presence.objects.bulk_create(
            [
                Presence(seance=seance, membre=m, etat=e, convoque_le=seance.convoquee_le,
                         represente_par="un autre membre" if e == "represente" else "")
                for m, e in zip(membres, etats, strict=True)
            ]
        )  # fmt: skip
        return seance

    def propositions(self, dites: list[tuple[dict[str, Any], Seance]]) -> list[Proposition]:
        """Add proposals, each of the meeting it was made at, with the states it went through."""
        lues = Proposition.objects.bulk_create(
            [
                Proposition(
                    instance=seance.instance, seance=seance, numero=n, deposee_le=timezone.localdate(seance.debut),
                    titre=d["titre"], texte=d["texte"], etat=d.get("etat", "deposee"), suite=d.get("suite", ""),
                    fiche=self.fiches.get(d.get("fiche", "")), demonstration=True,
                    dialogue=getattr(seance, "le_sien", None),
                )
                for n, (d, seance) in enumerate(dites, 1)
            ]
        )  # fmt: skip
        lignes = []
        for p in lues:
            chemin = CHEMINS[EtatProposition(p.etat)]
            for rang, etat in enumerate(chemin):
                le = min(p.deposee_le + rang * 45 * UN_JOUR, self.jour)
                lignes.append(
                    TransitionProposition(
                        proposition=p, de=chemin[rang - 1] if rang else "", vers=etat, par=self.secretaire,
                        le=datetime.datetime.combine(le, datetime.time(16, 0), timezone.get_current_timezone()),
                        commentaire=p.suite if etat == p.etat else "",
                    )
                )  # fmt: skip
        TransitionProposition.objects.bulk_create(lignes)
        self._monter(lues, [d for d, _ in dites])
        return lues

    def _monter(self, propositions: list[Proposition], dites: list[dict[str, Any]]) -> None:
        """Put on the agendas of both comités, held since, the proposals that a decision of theirs takes up."""
        for proposition, dite in zip(propositions, dites, strict=True):
            if "decision" not in dite:
                continue
            tenues = Seance.objects.filter(
                etat=EtatSeance.TENUE, debut__date__gt=proposition.deposee_le, demonstration=True
            )
            for nature in (NatureInstance.COMITE_TECHNIQUE, NatureInstance.COMITE_PILOTAGE):
                seance = tenues.filter(instance__nature=nature).order_by("debut").first()
                if seance is not None:
                    self._inscrire(proposition, seance, dite["decision"])

    @staticmethod
    def _inscrire(proposition: Proposition, seance: Seance, decision: str) -> None:
        """Add the point, tie the decision that takes it up, date what follows from the meeting."""
        PointOrdreDuJour.objects.create(
            seance=seance, ordre=seance.points.count() + 1, titre=f"Proposition : {proposition}"[:250],
            proposition=proposition, etat="traite", duree_minutes=10,
        )  # fmt: skip
        proposition.decision = (
            Decision.objects.filter(seance=seance, texte__contains=decision).first() or proposition.decision
        )
        proposition.save(update_fields=["decision"])
        etapes = proposition.transitions.exclude(vers=EtatProposition.DEPOSEE)
        if seance.instance.nature == NatureInstance.COMITE_PILOTAGE:
            etapes = etapes.exclude(vers=EtatProposition.EXAMINEE)
        for rang, etape in enumerate(etapes.order_by("pk")):
            etape.le = min(seance.debut + (rang * 40 * UN_JOUR), timezone.now())
            etape.save(update_fields=["le"])


@transaction.atomic
def charger_participation(*, chemin: Path, jour: datetime.date) -> Bilan | None:
    """Add the participation of the demonstration, once; None when it is already there. Source: `chemin`."""
    if Proposition.objects.filter(demonstration=True).exists():
        return None
    recit = _Recit(chemin, jour)
    groupe = recit.instance(recit.lu["groupe"]["instance"])
    dialogues = recit.instance(recit.lu["dialogues"]["instance"])
    if recit.secretaire is None or groupe is None or dialogues is None:
        return None
    seances, propositions = _groupe(recit, groupe)
    nombre, proposees = _dialogues(recit, dialogues)
    tenues = [s for s in seances if s.etat == EtatSeance.TENUE]
    reponses = _questionnaire(recit, recit.lu["questionnaires"]["clos"], tenues[-1] if tenues else None, ouvert=False)
    reponses += _questionnaire(recit, recit.lu["questionnaires"]["ouvert"], None, ouvert=True)
    return Bilan(nombre, len(propositions) + proposees, reponses)


def _groupe(recit: _Recit, groupe: Instance) -> tuple[list[Seance], list[Proposition]]:
    dit = recit.lu["groupe"]
    membres = recit.membres(groupe, dit["membres"])
    seances = [recit.seance(groupe, recit.dans(s["mois"]), s["points"], lieu=dit["lieu"]) for s in dit["seances"]]
    for f in dit["formations"]:
        le = recit.dans(f["mois"])
        formation = FormationMembres.objects.create(
            instance=groupe, jour=le, demonstration=True, intitule=f["intitule"], theme=f["theme"], heures=f["heures"],
            organisme=f["organisme"],
        )  # fmt: skip
        en_fonction = [m for m in membres if le in m.mandat and m.college == "beneficiaire"]
        formation.participants.set(en_fonction[: f["nombre"]])
    return seances, recit.propositions([(p, seances[p["seance"]]) for p in dit["propositions"]])


def _dialogues(recit: _Recit, instance: Instance) -> tuple[int, int]:
    """Add last year's dialogues, held, and this year's: held when their day is past."""
    dit = recit.lu["dialogues"]
    recit.membres(instance, dit["membres"])
    nombre = proposees = 0
    for annee in (recit.jour.year - 1, recit.jour.year):
        precedente, generees = annee < recit.jour.year, 0
        textes, dites = dit["propositions"] if precedente else dit["nouvelles"], []
        for rang, territoire in enumerate(territoires_de(annee)):
            le = _ouvre(datetime.date(annee, dit["mois"], 6) + 2 * rang * UN_JOUR)
            seance = recit.seance(
                instance, le, [t for t, _ in POINTS], objet=f"Dialogue territorial {territoire} {annee}",
                lieu=f"{dit['lieu']}, {territoire}",
            )  # fmt: skip
            dialogue = DialogueTerritorial.objects.create(
                territoire=territoire, annee=annee, instance=instance, seance=seance, demonstration=True
            )
            nombre += 1
            ligne: Any = seance
            ligne.le_sien = dialogue
            if seance.etat == EtatSeance.TENUE:
                dites += [(textes[(rang + n) % len(textes)], seance) for n in range(3 if precedente else 2)]
        proposees += len(recit.propositions(dites))
        for dialogue in DialogueTerritorial.objects.filter(annee=annee).select_related("territoire"):
            if not precedente and generees < FICHES_GENEREES:
                dialogue.contenu = composer(dialogue, recit.secretaire, recit.jour)
                dialogue.preparee_le, dialogue.preparee_par = timezone.now(), recit.secretaire
                dialogue.save(update_fields=["contenu", "preparee_le", "preparee_par"])
                generees += 1
    return nombre, proposees


def _questionnaire(recit: _Recit, dit: dict[str, Any], seance: Seance | None, *, ouvert: bool) -> int:
    """Add a questionnaire of the ready-made questions, and its answers."""
    fin = recit.jour + 20 * UN_JOUR if ouvert else recit.jour - 60 * UN_JOUR
    questionnaire = Questionnaire.objects.create(
        titre=dit["titre"], introduction=dit["introduction"], seance=seance, demonstration=True, dernier_jour=fin,
        etat=EtatQuestionnaire.OUVERT if ouvert else EtatQuestionnaire.CLOS, auteur=recit.secretaire, maximum=60,
        jeton="demonstration-ouvert" if ouvert else "demonstration-clos",
    )  # fmt: skip
    questions = Question.objects.bulk_create(
        [Question(questionnaire=questionnaire, ordre=n, **q) for n, q in enumerate(MODELE, 1)]
    )
    notees = [q for q in questions if q.genre == GenreQuestion.ECHELLE]
    au_choix, libre = questions[3], questions[4]
    reponses = ReponseQuestionnaire.objects.bulk_create(
        [
            ReponseQuestionnaire(
                questionnaire=questionnaire, le=min(fin, recit.jour),
                cle=uuid.uuid5(uuid.NAMESPACE_URL, f"{questionnaire.jeton}-{n}"),
            )
            for n in range(len(dit["choix"]))
        ]
    )  # fmt: skip
    lignes = []
    for rang, reponse in enumerate(reponses):
        lignes += [
            ReponseQuestion(reponse=reponse, question=q, note=dit["notes"][n][rang]) for n, q in enumerate(notees)
        ]
        lignes.append(ReponseQuestion(reponse=reponse, question=au_choix, choix=au_choix.choix[dit["choix"][rang]]))
        if rang < len(dit["textes"]):
            montre = Moderation.MONTREE if rang % 2 == 0 else Moderation.A_LIRE
            lignes.append(
                ReponseQuestion(reponse=reponse, question=libre, texte=dit["textes"][rang], moderation=montre)
            )
    ReponseQuestion.objects.bulk_create(lignes)
    return len(reponses)
