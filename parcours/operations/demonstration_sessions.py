"""Enrolments of the demonstration, drawn from its prescriptions: places held, waiting lists, hours. Set-based."""

from __future__ import annotations

import datetime
from collections import defaultdict
from decimal import Decimal

from django.db import transaction
from django.db.models import F

from offre.models import OffreInsertion, QuotaSession, Session, UniteCapacite
from offre.operations.demonstration import OFFRES_MONTREES, OPERATEUR_MONTRE
from parcours.models import (
    EtatInscription,
    EtatPrescription,
    HeuresConsommees,
    Inscription,
    Prescription,
    TransitionInscription,
)
from parcours.regles.inscriptions import publics
from pdi.structures.models import Structure

E = EtatPrescription
UN = Decimal(1)
HEURES_DEMANDEES = Decimal(24)
JOUR_D_INTERVENTION = Decimal("3.5")
# The sessions to come that are asked for most are shown full, so that a waiting list can be seen: their capacity is
# what they hold.
DEMANDEES = 4
EN_ATTENTE = 2
ADRESSEES = 7  # enough for a session asked for: four who hold a place, two who wait, one to enrol
A_INSCRIRE = 6  # one prescription sent in six is left for who tries the demonstration to enrol
OUVERTURE = datetime.timedelta(days=90)  # a session is announced three months before it begins


@transaction.atomic
def inscrire_la_demonstration(*, jour: datetime.date) -> int:
    """Enrol people of the demonstration in its sessions, once; return how many. Late operators count as reminded."""
    if Inscription.objects.filter(session__demonstration=True).exists():
        return 0
    _adresser_a_l_operateur_montre(jour)
    _dater_les_relances(jour)
    par_offre: dict[tuple[int, int], list[Prescription]] = defaultdict(list)
    suivies = Prescription.objects.filter(
        personne__fictive=True, offre__isnull=False, etat__in=[E.TRANSMISE, E.RETENUE, E.EN_ACTION, E.ACHEVEE]
    ).select_related("personne")
    for rang, p in enumerate(suivies.order_by("-renseignee_le", "pk"), 1):
        if p.etat == E.TRANSMISE and rang % A_INSCRIRE == 0:
            continue
        par_offre[p.offre_id or 0, p.operateur_id or 0].append(p)
    lignes: list[Inscription] = []
    sessions = list(Session.objects.filter(demonstration=True).exclude(etat="preparee").order_by("debut", "pk"))
    parts: dict[int, QuotaSession] = {q.session_id: q for q in QuotaSession.objects.filter(session__in=sessions)}
    for session in sessions:
        file = par_offre[session.offre_id, session.operateur_id or 0]
        lignes += _remplir(session, file, parts.get(session.pk), jour)
    Inscription.objects.bulk_create(lignes)
    TransitionInscription.objects.bulk_create(TransitionInscription(inscription=i, vers=i.etat) for i in lignes)
    Session.objects.bulk_update(sessions, ["prises", "en_attente", "capacite"])
    QuotaSession.objects.bulk_update(parts.values(), ["prises", "reservees"])
    _noter_les_heures(lignes, jour)
    return len(lignes)


def _adresser_a_l_operateur_montre(jour: datetime.date) -> None:
    """Have the latest prescriptions that wait for an answer wait for the operator whose account is shown."""
    montre = Structure.objects.filter(nom=OPERATEUR_MONTRE).first()
    offre = OffreInsertion.objects.publiees().filter(numero=OFFRES_MONTREES[-1]).first()
    if montre is None or offre is None:
        return
    attendent = Prescription.objects.filter(
        personne__fictive=True, etat=E.TRANSMISE, offre__isnull=False, transmise_le__gte=jour - OUVERTURE
    ).exclude(operateur=montre)
    cles = list(attendent.order_by("-transmise_le", "pk").values_list("pk", flat=True)[:ADRESSEES])
    Prescription.objects.filter(pk__in=cles).update(offre=offre, operateur=montre)


def _dater_les_relances(jour: datetime.date) -> None:
    """Say that the operators late on `jour` were reminded: a demonstration does not begin with a storm of notices."""
    tardives = Prescription.objects.filter(personne__fictive=True, etat=E.TRANSMISE, relancee_le__isnull=True)
    tardives.filter(transmise_le__lt=jour - datetime.timedelta(days=14)).update(
        relancee_le=F("transmise_le") + datetime.timedelta(days=15)
    )


def _remplir(
    session: Session, file: list[Prescription], part: QuotaSession | None, jour: datetime.date
) -> list[Inscription]:
    """Take from `file` those who go in this session; the rest waits for the next. Moves the counters of both."""
    convient = sorted((p for p in file if _convient(session, p, jour)), key=lambda p: _demandee(session, p, jour))
    combien = min(len(convient), int(session.capacite) if session.unite == UniteCapacite.PLACES else 12)
    ouverte = session.etat == "ouverte" and session.unite == UniteCapacite.PLACES
    pleine = ouverte and session.debut > jour and len(convient) >= DEMANDEES
    lignes = []
    for numero, p in enumerate(convient[: combien if not pleine else len(convient)], 1):
        file.remove(p)
        lignes.append(_inscription(session, p, numero, jour))
    attente = lignes[-EN_ATTENTE:] if pleine else []
    for i in attente:
        i.etat, i.confirmee_le = EtatInscription.EN_ATTENTE, None
    _compter(session, part, lignes, pleine=pleine)
    return lignes


def _convient(session: Session, p: Prescription, jour: datetime.date) -> bool:
    """Return whether the dates of the prescription agree with those of the session."""
    if session.fin is None:
        return p.etat in (E.RETENUE, E.EN_ACTION, E.TRANSMISE)
    if session.debut > jour:
        return p.etat in (E.TRANSMISE, E.RETENUE)
    if p.entree_le is None or (p.etat == E.ACHEVEE and session.fin >= jour):
        return False
    return session.debut - datetime.timedelta(days=30) <= p.entree_le <= session.fin


def _demandee(session: Session, p: Prescription, jour: datetime.date) -> datetime.date:
    """Return the day of the request: that of the prescription, once the session could be asked for."""
    return min(max(p.transmise_le or p.renseignee_le, session.debut - OUVERTURE), jour)


def _inscription(session: Session, p: Prescription, rang: int, jour: datetime.date) -> Inscription:
    siens = publics(sexe=p.personne.sexe, naissance=p.personne.date_naissance, brsa=p.personne_id % 4 != 0, jour=jour)
    demandee = _demandee(session, p, jour)
    entree = None
    if p.entree_le is not None and session.debut <= jour:
        entree = max(p.entree_le, session.debut)
    return Inscription(
        session=session, personne=p.personne, prescription=p, rang=rang, publics=siens, demandee_le=demandee,
        etat=EtatInscription.PRESENTE if entree else EtatInscription.CONFIRMEE, confirmee_le=demandee, entree_le=entree,
        quantite=HEURES_DEMANDEES if session.unite == UniteCapacite.HEURES else UN,
    )  # fmt: skip


def _compter(session: Session, part: QuotaSession | None, lignes: list[Inscription], *, pleine: bool) -> None:
    """Put the counters of a session at what its enrolments say; a full one has no more capacity than that."""
    tenues = [i for i in lignes if i.etat != EtatInscription.EN_ATTENTE]
    session.prises = sum((i.quantite for i in tenues), Decimal(0))
    session.en_attente = len(lignes) - len(tenues)
    if part is not None:
        part.prises = sum((i.quantite for i in tenues if part.public in i.publics), Decimal(0))
    if pleine:
        session.capacite = session.prises
        if part is not None:
            part.reservees = max(min(part.reservees, session.capacite), UN)


def _noter_les_heures(lignes: list[Inscription], jour: datetime.date) -> None:
    """Note a weekly intervention for those who entered a session that counts hours."""
    presentes = [i for i in lignes if i.session.unite == UniteCapacite.HEURES and i.etat == EtatInscription.PRESENTE]
    HeuresConsommees.objects.bulk_create(
        HeuresConsommees(inscription=i, le=le, heures=JOUR_D_INTERVENTION)
        for i in presentes
        for semaine in range(4)
        if i.entree_le and (le := i.entree_le + datetime.timedelta(weeks=semaine)) <= jour
    )
