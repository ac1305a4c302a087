"""Sessions of the demonstration: past, under way and to come for each offer, relative to today, marked. Set-based."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from offre.models import (
    EtatOffre,
    EtatSession,
    LieuOffre,
    OffreInsertion,
    QuotaSession,
    Session,
    TransitionSession,
    UniteCapacite,
)
from pdi.structures.models import Structure
from pdi.territoires.models import Commune

LIEU = "Lieu de démonstration"  # a real commune, no address: nobody must go and knock
COMMUNES = (
    "Évry-Courcouronnes", "Corbeil-Essonnes", "Massy", "Étampes", "Brunoy", "Dourdan", "Palaiseau", "Draveil",
    "Sainte-Geneviève-des-Bois", "Arpajon", "Les Ulis", "Grigny",
)  # fmt: skip
HORAIRES = (
    "du lundi au vendredi, 9 h à 16 h 30",
    "mardi et jeudi, 9 h 30 à 12 h 30",
    "lundi, mercredi, vendredi, 14 h à 17 h",
)
SAISONS = ("d’hiver", "d’hiver", "de printemps", "de printemps", "de printemps", "d’été", "d’été", "d’été", "d’automne",
           "d’automne", "d’automne", "d’hiver")  # fmt: skip
SANS_SESSION = ("1.6", "1.8", "2.1", "3.3")  # a platform, aids, an appointment: nobody enrols in a session
DEPUIS_TOUJOURS = datetime.timedelta(days=240)


@dataclass(frozen=True)
class _Modele:
    """The sessions of one offer: length in weeks (0: permanent), capacity, share kept for RSA recipients."""

    semaines: int
    capacite: int
    brsa: int = 0
    heures: bool = False


DEFAUT = _Modele(8, 12)
# Lengths and capacities are those of the printed sheets where they give one; the dates are fictitious.
MODELES = {
    "1.1": _Modele(20, 40), "1.2": _Modele(4, 15), "1.3": _Modele(0, 12), "1.4": _Modele(1, 12),
    "1.5": _Modele(8, 15), "1.7": _Modele(2, 12), "2.2": _Modele(26, 24), "2.4": _Modele(3, 12, 4),
    "2.5": _Modele(2, 12, 4), "2.6": _Modele(32, 58, 6), "2.7": _Modele(26, 16), "2.8": _Modele(12, 8),
    "2.9": _Modele(10, 20), "2.11": _Modele(4, 25), "3.1": _Modele(0, 30), "3.2": _Modele(0, 24),
    "3.4": _Modele(26, 16), "3.5": _Modele(0, 0, heures=True), "3.6": _Modele(20, 13),
}  # fmt: skip
HEURES = {"AFAD": 1404, "AMFD": 1950}  # TISF, offer 3.5
OPERATEUR_MONTRE = "Act’Essonne"  # the demonstration's partner: an operator of the offers its network serves
OFFRES_MONTREES = ("1.3", "2.7")  # one with entries all year long, one with dated sessions


@transaction.atomic
def charger_sessions_demonstration(*, jour: datetime.date) -> int:
    """Write the sessions of the published offers around `jour`, once. Return how many."""
    if Session.objects.filter(demonstration=True).exists():
        return 0
    montrer_l_operateur()
    offres = list(
        OffreInsertion.objects.filter(etat=EtatOffre.PUBLIEE)
        .exclude(numero__in=SANS_SESSION)
        .prefetch_related("operateurs", "lieux")
    )
    lieux = _lieux(offres)
    sessions = [s for rang, offre in enumerate(offres) for s in _sessions(offre, rang, lieux.get(offre.pk), jour)]
    Session.objects.bulk_create(sessions)
    QuotaSession.objects.bulk_create(
        QuotaSession(session=s, public=QuotaSession.Public.BRSA, reservees=Decimal(modele.brsa))
        for s in sessions
        if (modele := MODELES.get(s.offre.numero, DEFAUT)).brsa
    )
    TransitionSession.objects.bulk_create(TransitionSession(session=s, vers=s.etat) for s in sessions)
    return len(sessions)


def montrer_l_operateur() -> None:
    """Make the partner whose account the demonstration shows an operator of offers; before their prescriptions."""
    montre = Structure.objects.filter(nom=OPERATEUR_MONTRE).first()
    if montre:
        montre.offres.add(*OffreInsertion.objects.publiees().filter(numero__in=OFFRES_MONTREES))


def _lieux(offres: list[OffreInsertion]) -> dict[int, LieuOffre]:
    """Return one place an offer, in a real commune of the département, adding those that are missing."""
    connues = {c.nom: c for c in Commune.objects.filter(nom__in=COMMUNES, departement="91")}
    communes = [connues[nom] for nom in COMMUNES if nom in connues]
    existants = {o.pk: next(iter(o.lieux.all()), None) for o in offres}
    ajoutes = [
        LieuOffre(offre=offre, nom=LIEU, commune=communes[rang % len(communes)])
        for rang, offre in enumerate(offres)
        if communes and existants[offre.pk] is None
    ]
    LieuOffre.objects.bulk_create(ajoutes)
    trouves = {pk: lieu for pk, lieu in existants.items() if lieu is not None}
    return trouves | {lieu.offre_id: lieu for lieu in ajoutes}


def _sessions(offre: OffreInsertion, rang: int, lieu: LieuOffre | None, jour: datetime.date) -> Iterator[Session]:
    """Draw the sessions of one offer, for each of its operators."""
    modele = MODELES.get(offre.numero, DEFAUT)
    for place, operateur in enumerate(offre.operateurs.all()):
        commun: dict[str, Any] = {
            "offre": offre, "operateur": operateur, "lieu": lieu, "demonstration": True,
            "horaires": HORAIRES[(rang + place) % len(HORAIRES)],
        }  # fmt: skip
        if modele.heures or not modele.semaines:
            yield _permanente(commun, modele, operateur, jour)
            continue
        yield from _datees(commun, modele, jour + datetime.timedelta(days=(rang * 3 + place) % 14))


def _permanente(commun: Mapping[str, Any], modele: _Modele, operateur: Structure, jour: datetime.date) -> Session:
    heures = HEURES.get(operateur.sigle, 1000)
    return Session(
        **commun, debut=_lundi(jour - DEPUIS_TOUJOURS), intitule=f"Entrées permanentes {jour.year}",
        unite=UniteCapacite.HEURES if modele.heures else UniteCapacite.PLACES,
        capacite=Decimal(heures if modele.heures else modele.capacite), etat=EtatSession.OUVERTE,
    )  # fmt: skip


def _datees(commun: Mapping[str, Any], modele: _Modele, jour: datetime.date) -> Iterator[Session]:
    """Draw two past sessions, one under way, the next, open, and the one after, in preparation."""
    duree = datetime.timedelta(weeks=modele.semaines)
    ecart = duree + datetime.timedelta(weeks=2)
    courante = _lundi(jour - duree / 2)
    for numero, etat in (
        (-2, EtatSession.FERMEE), (-1, EtatSession.FERMEE), (0, EtatSession.FERMEE), (1, EtatSession.OUVERTE),
        (2, EtatSession.PREPAREE),
    ):  # fmt: skip
        debut = _lundi(courante + ecart * numero)
        yield Session(
            **commun, debut=debut, fin=debut + duree - datetime.timedelta(days=3), etat=etat,
            intitule=f"Session {SAISONS[debut.month - 1]} {debut.year}", capacite=Decimal(modele.capacite),
            inscription_jusqu_au=debut + datetime.timedelta(days=4),
        )  # fmt: skip


def _lundi(jour: datetime.date) -> datetime.date:
    return jour - datetime.timedelta(days=jour.weekday())
