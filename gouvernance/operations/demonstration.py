"""Meetings and decisions of the demonstration: fictitious, marked, two years of two bodies, told from today."""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from actions.models import Campagne, FicheAction
from gouvernance.models import (
    Decision,
    EtatDecision,
    EtatPoint,
    EtatPresence,
    EtatSeance,
    Instance,
    Membre,
    PointOrdreDuJour,
    Presence,
    Seance,
    TransitionDecision,
    TransitionSeance,
)
from pdi.comptes.demo import DOMAINE
from pdi.comptes.models import Utilisateur
from pdi.socle.typographie import typographier_tout
from pdi.structures.models import Structure

DEPARTEMENT, PROGRAMME, SECRETAIRE = "91", "essonne-2022-2026", f"helene.modele@{DOMAINE}"
MANDAT = datetime.date(2022, 3, 28)  # the pact was adopted that day
# How the four decisions of a meeting stand, the latest meeting first.
ETATS = (
    ("faite", "en_cours", "a_faire", "faite"),
    ("faite", "faite", "reportee", "faite"),
)
PRESENCES = ("present", "present", "represente", "present", "excuse", "present")
REPONSES = ("oui", "oui", "", "pouvoir", "", "oui")


@dataclass(frozen=True)
class Bilan:
    """What was added."""

    seances: int
    decisions: int


def dates_des_seances(mois: int, jour: int, aujourd_hui: datetime.date) -> list[datetime.date]:
    """Return the yearly days: the next one first, then the two last ones."""
    annee = aujourd_hui.year + (datetime.date(aujourd_hui.year, mois, jour) <= aujourd_hui)
    return [datetime.date(a, mois, jour) for a in (annee, annee - 1, annee - 2)]


class _Recit:
    """The fixture, and what it names in the base."""

    def __init__(self, chemin: Path, jour: datetime.date) -> None:
        self.lu: dict[str, Any] = typographier_tout(json.loads(chemin.read_text(encoding="utf-8")))
        self.jour, self.preuves = jour, self.lu["preuves"]
        self.comptes = {u.courriel.split("@")[0]: u for u in Utilisateur.objects.filter(courriel__endswith=DOMAINE)}
        self.structures = {s.sigle or s.nom: s for s in Structure.objects.order_by("-pk")}
        self.fiches = {f.numero: f for f in FicheAction.objects.filter(programme__code=PROGRAMME)}
        self.secretaire = Utilisateur.objects.filter(courriel=SECRETAIRE).first()

    def membres(self, instance: Instance, dits: list[dict[str, Any]]) -> list[Membre]:
        return Membre.objects.bulk_create(
            [
                Membre(
                    instance=instance, compte=self.comptes.get(m.get("compte", "")), nom=m.get("nom", ""),
                    structure=self.structures.get(m.get("structure", "")), qualite=m["qualite"], college=m["college"],
                    voix=not m.get("sans_voix"), preside=bool(m.get("preside")), mandat=DateRange(MANDAT, None),
                    demonstration=True,
                )
                for m in dits
                if m.get("nom") or self.comptes.get(m.get("compte", ""))
            ]
        )  # fmt: skip


def _instant(jour: datetime.date, heure: str) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(jour, datetime.time.fromisoformat(heure)))


@transaction.atomic
def charger_demonstration(*, chemin: Path, jour: datetime.date) -> Bilan | None:
    """Add the meetings of the demonstration, once; None when they are already there. Source: `chemin`."""
    if Seance.objects.filter(demonstration=True).exists():
        return None
    recit = _Recit(chemin, jour)
    seances = decisions = 0
    for nom, dit in recit.lu["instances"].items():
        instance = Instance.objects.filter(departement=DEPARTEMENT, nom=nom).first()
        if instance is None or recit.secretaire is None:
            continue
        instance.quorum = dit.get("quorum")
        instance.save(update_fields=["quorum"])
        instance.secretaires.add(recit.secretaire)
        membres = recit.membres(instance, dit["membres"])
        for rang, date in enumerate(dates_des_seances(dit["mois"], dit["jour"], jour)):
            seance, points = _seance(recit, instance, dit, date, tenue=rang > 0)
            _presences(seance, membres, tenue=rang > 0)
            seances += 1
            if rang:
                decisions += _decisions(recit, seance, points, dit["decisions"], ETATS[rang - 1])
    return Bilan(seances, decisions)


def _seance(
    recit: _Recit, instance: Instance, dit: dict[str, Any], date: datetime.date, *, tenue: bool
) -> tuple[Seance, list[PointOrdreDuJour]]:
    debut, fin = _instant(date, dit["heure"]), _instant(date, dit["heure_fin"])
    envoi = min(debut - datetime.timedelta(days=21), timezone.now())
    seance = Seance.objects.create(
        instance=instance, debut=debut, fin=fin, lieu=dit["lieu"], quorum=instance.quorum, demonstration=True,
        etat=EtatSeance.TENUE if tenue else EtatSeance.CONVOQUEE, convoquee_le=envoi,
        ouverte_le=debut if tenue else None, close_le=fin if tenue else None,
    )  # fmt: skip
    etapes = [("", EtatSeance.PREPAREE, envoi - datetime.timedelta(days=7)), (EtatSeance.PREPAREE, "convoquee", envoi)]
    if tenue:
        etapes += [("convoquee", EtatSeance.OUVERTE, debut), (EtatSeance.OUVERTE, "tenue", fin)]
    TransitionSeance.objects.bulk_create(
        [TransitionSeance(seance=seance, de=de, vers=vers, par=recit.secretaire, le=le) for de, vers, le in etapes]
    )
    fiches, bilans = dit["fiche_du_point"], dit.get("bilans_du_point")
    campagne = Campagne.objects.filter(programme__code=PROGRAMME, annee=date.year - 1).first()
    points = PointOrdreDuJour.objects.bulk_create(
        [
            PointOrdreDuJour(
                seance=seance, ordre=rang + 1, titre=titre, duree_minutes=25,
                fiche=recit.fiches.get(fiches.get(str(rang), "")), campagne=campagne if rang == bilans else None,
                etat=EtatPoint.TRAITE if tenue else EtatPoint.A_VENIR,
            )
            for rang, titre in enumerate(dit["points"])
        ]
    )  # fmt: skip
    return seance, points


def _presences(seance: Seance, membres: list[Membre], *, tenue: bool) -> None:
    presences = []
    for rang, membre in enumerate(membres):
        etat = PRESENCES[rang % len(PRESENCES)] if tenue else EtatPresence.ATTENDU
        reponse = REPONSES[rang % len(REPONSES)]
        presences.append(
            Presence(
                seance=seance, membre=membre, etat=etat, reponse=reponse, convoque_le=seance.convoquee_le,
                repondu_le=seance.convoquee_le if reponse else None,
                represente_par="son suppléant" if etat == "represente" or (reponse == "pouvoir" and not tenue) else "",
            )
        )  # fmt: skip
    Presence.objects.bulk_create(presences)


def _decisions(
    recit: _Recit, seance: Seance, points: list[PointOrdreDuJour], dites: list[dict[str, Any]], etats: tuple[str, ...]
) -> int:
    jour = timezone.localdate(seance.debut)
    lues = Decision.objects.bulk_create(
        [
            Decision(
                seance=seance, point=points[d["point"]], numero=rang + 1, texte=d["texte"], type=d["type"],
                pour=d.get("pour"), contre=0 if d.get("pour") else None, abstentions=d.get("abstentions"),
                unanimite=bool(d.get("unanimite")), responsable=recit.comptes.get(d.get("compte", "")),
                structure=recit.structures.get(d.get("structure", "")), etat=etats[rang],
                echeance=_echeance(recit, jour, d["delai"], etats[rang]), demonstration=True,
                preuve=recit.preuves[rang % len(recit.preuves)] if etats[rang] == EtatDecision.FAITE else "",
            )
            for rang, d in enumerate(dites)
        ]
    )  # fmt: skip
    TransitionDecision.objects.bulk_create(
        [TransitionDecision(decision=d, vers="a_faire", par=recit.secretaire, le=seance.debut) for d in lues]
    )
    suites = [d for d in lues if d.etat != EtatDecision.A_FAIRE]
    TransitionDecision.objects.bulk_create(
        [
            TransitionDecision(
                decision=d, de="a_faire", vers=d.etat, par=d.responsable or recit.secretaire,
                le=min(seance.debut + datetime.timedelta(days=40), timezone.now()),
                commentaire=d.preuve or ("Les données ne sont pas encore réunies." if d.etat == "reportee" else ""),
            )
            for d in suites
        ]
    )  # fmt: skip
    return len(lues)


def _echeance(recit: _Recit, seance: datetime.date, delai: int, etat: str) -> datetime.date:
    """Return the deadline: a decision put off or going on is due soon, from today."""
    if etat == EtatDecision.REPORTEE:
        return recit.jour + datetime.timedelta(days=45)
    if etat == EtatDecision.EN_COURS:
        return recit.jour + datetime.timedelta(days=20)
    return seance + datetime.timedelta(days=delai)
