"""Writes of enrolments: a place is taken and given back under the session's lock; the waiting list moves with it."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from offre.models import EtatSession, Session
from offre.operations.places import compter_attente, libres_pour, prendre, rendre, verrouiller
from parcours.droits.inscriptions import acteurs_de_l_inscription
from parcours.models import (
    TENANT_LA_PLACE,
    AffectationReferent,
    EtatInscription,
    EtatMensuel,
    HeuresConsommees,
    Inscription,
    Personne,
    Prescription,
    SituationDroitsDevoirs,
    TransitionInscription,
)
from parcours.regles.inscriptions import AUTOMATE_INSCRIPTION, SYSTEME, publics
from parcours.regles.prescriptions import EN_COURS
from pdi.socle.droits import DroitInsuffisant, RegleMetier
from pdi.socle.etats import changer_etat
from pdi.socle.formats import nombre
from pdi.socle.operations import enregistrer, journaliser, prevenir

RESERVE = (
    "L’inscription est faite par les agents qui suivent la personne, ou par l’opérateur qui a reçu sa prescription."
)
UN = Decimal(1)


def publics_de(personne: Personne, jour: datetime.date) -> list[str]:
    """Return the shares the person counts in: RSA recipient when subject with an open file in the last known month."""
    droits = SituationDroitsDevoirs.objects.filter(personne=personne, periode__contains=jour, recu=True).first()
    dernier = None
    if droits is not None:
        dernier = EtatMensuel.objects.filter(dossier=droits.dossier_id, mois__lte=jour).order_by("-mois").first()
    return publics(
        sexe=personne.sexe, naissance=personne.date_naissance, brsa=dernier is not None and dernier.etat == "2",
        jour=jour,
    )  # fmt: skip


@transaction.atomic
def inscrire(
    *,
    session: Session,
    personne: Personne,
    par: Any,
    prescription: Prescription | None = None,
    quantite: Decimal = UN,
) -> Inscription:
    """Enrol a person, or put her at the end of the waiting list when no place is left for her.

    `quantite`: places (1) or hours kept. Somebody who waits and whom a free place suits comes first. Raises
    DroitInsuffisant, and RegleMetier when the session takes nobody any more or she is already in it.
    """
    if prescription is not None:  # before the session, as whoever cancels it does; what the page read may be old
        prescription = Prescription.objects.select_for_update(of=("self",)).get(pk=prescription.pk)
    lue, jour = verrouiller(session.pk), timezone.localdate()
    acteurs = acteurs_de_l_inscription(par, lue, personne)
    if not acteurs:
        raise DroitInsuffisant(RESERVE)
    _verifier_ouverte(lue, jour, quantite)
    if prescription is not None:
        _verifier_prescription(lue, personne, prescription)
    siens = publics_de(personne, jour)
    place = not _quelqu_un_avant(lue) and prendre(lue, quantite, siens)
    verbe = "inscrire" if place else "mettre_en_attente"
    inscription = Inscription(
        session=lue, personne=personne, prescription=prescription, quantite=quantite, demandee_le=jour,
        rang=_prochain_rang(lue), publics=siens,
        etat=EtatInscription.CONFIRMEE if place else EtatInscription.EN_ATTENTE, confirmee_le=jour if place else None,
    )  # fmt: skip
    enregistrer(inscription)
    if not place:
        compter_attente(lue, 1)
    TransitionInscription.objects.create(inscription=inscription, vers=inscription.etat, par=par)
    journaliser(par=par, verbe=verbe, objet=inscription, apres={"session": str(lue)})
    return inscription


def _verifier_ouverte(session: Session, jour: datetime.date, quantite: Decimal) -> None:
    if session.etat != EtatSession.OUVERTE:
        raise RegleMetier(f"Cette session n’est pas ouverte aux inscriptions : {session.get_etat_display().lower()}.")
    if session.inscription_jusqu_au and session.inscription_jusqu_au < jour:
        raise RegleMetier(f"Les inscriptions sont closes depuis le {session.inscription_jusqu_au:%d/%m/%Y}.")
    if session.fin and session.fin < jour:
        raise RegleMetier(f"Cette session est finie depuis le {session.fin:%d/%m/%Y}.")
    if quantite > session.capacite:
        raise RegleMetier(f"La session ne compte que {nombre(session.capacite)} {session.get_unite_display()}.")


def _verifier_prescription(session: Session, personne: Personne, prescription: Prescription) -> None:
    if prescription.personne_id != personne.pk or prescription.offre_id != session.offre_id:
        raise RegleMetier("Cette session n’est pas celle de l’offre prescrite à la personne.")
    if prescription.etat not in EN_COURS:
        raise RegleMetier(f"La prescription est maintenant «\u00a0{prescription.get_etat_display().lower()}\u00a0».")
    if session.operateur_id and prescription.operateur_id not in (None, session.operateur_id):
        raise RegleMetier(f"La prescription est adressée à {prescription.operateur}, qui ne tient pas cette session.")


def _prochain_rang(session: Session) -> int:
    return (session.inscriptions.aggregate(n=Max("rang"))["n"] or 0) + 1


def _quelqu_un_avant(session: Session) -> bool:
    """Return whether somebody who waits could take a place now: she would be proposed it first."""
    return any(
        attente.quantite <= libres_pour(session, attente.publics)
        for attente in session.inscriptions.filter(etat=EtatInscription.EN_ATTENTE).only("quantite", "publics")
    )


def _verrouiller(inscription: Inscription) -> tuple[Session, Inscription]:
    """Lock the session first, always: two writers of one session never wait for each other in a circle."""
    session = verrouiller(inscription.session_id)
    lue = Inscription.objects.select_for_update(of=("self",)).select_related("personne").get(pk=inscription.pk)
    return session, lue


def _changer(session: Session, lue: Inscription, par: Any, verbe: str, commentaire: str = "", **valeurs: Any) -> None:
    """Move one enrolment, and with it the place it holds or its turn in the list."""
    acteurs = {SYSTEME} if par is None else acteurs_de_l_inscription(par, session, lue.personne)
    avant = EtatInscription(lue.etat)
    changer_etat(
        automate=AUTOMATE_INSCRIPTION, verbe=verbe, objet=lue, acteurs=acteurs, ligne=TransitionInscription,
        cle="inscription", par=par, commentaire=commentaire, valeurs=valeurs,
    )  # fmt: skip
    if avant in TENANT_LA_PLACE and lue.etat not in TENANT_LA_PLACE:
        rendre(session, lue.quantite, lue.publics)
    if avant == EtatInscription.EN_ATTENTE:
        compter_attente(session, -1)
    journaliser(par=par, verbe=verbe, objet=lue, commentaire=commentaire)


@transaction.atomic
def confirmer_inscription(*, inscription: Inscription, par: Any) -> Inscription:
    """Take the proposed place. Raises RegleMetier once its delay has passed."""
    session, lue = _verrouiller(inscription)
    jour = timezone.localdate()
    if lue.etat == EtatInscription.PROPOSEE and lue.repondre_avant and lue.repondre_avant < jour:
        raise RegleMetier(f"La place était proposée jusqu’au {lue.repondre_avant:%d/%m/%Y} : elle va à la suivante.")
    _changer(session, lue, par, "confirmer_inscription", confirmee_le=jour)
    return lue


@transaction.atomic
def constater_entree(*, inscription: Inscription, par: Any, le: datetime.date) -> Inscription:
    """Note that the person entered the session on `le`."""
    session, lue = _verrouiller(inscription)
    _verifier_jour(session, le)
    _changer(session, lue, par, "constater_entree", entree_le=le)
    return lue


@transaction.atomic
def constater_absence(*, inscription: Inscription, par: Any, le: datetime.date) -> Inscription:
    """Note that the person did not come: her place goes to the next who waits."""
    session, lue = _verrouiller(inscription)
    _verifier_jour(session, le)
    _changer(session, lue, par, "constater_absence", fin_le=le)
    proposer_places(session)
    return lue


def _verifier_jour(session: Session, le: datetime.date) -> None:
    if le < session.debut:
        raise RegleMetier(f"La session ne commence que le {session.debut:%d/%m/%Y}.", champ="le")
    if le > timezone.localdate():
        raise RegleMetier("Cette date est dans le futur.", champ="le")


@transaction.atomic
def annuler_inscription(*, inscription: Inscription, par: Any, motif: str) -> Inscription:
    """Cancel an enrolment, or leave the list; the place goes to the next. Raises RegleMetier without a motive."""
    session, lue = _verrouiller(inscription)
    _changer(session, lue, par, "annuler_inscription", motif, motif=motif.strip()[:250], fin_le=timezone.localdate())
    proposer_places(session)
    return lue


def proposer_places(session: Session) -> int:
    """Offer the free places of a locked session to those who wait, in order; return how many were offered.

    Somebody whom no free place suits (shares kept for others) keeps her turn and lets the next one by. Nothing is
    offered once the session is cancelled, over, or in preparation.
    """
    jour = timezone.localdate()
    if session.etat in (EtatSession.PREPAREE, EtatSession.ANNULEE) or (session.fin and session.fin < jour):
        return 0
    proposees = 0
    attentes = (
        session.inscriptions.filter(etat=EtatInscription.EN_ATTENTE)
        .select_related("personne", "prescription__prescripteur")
        .order_by("rang")
    )
    for attente in attentes.iterator(chunk_size=100):
        if session.prises >= session.capacite:
            break
        if not prendre(session, attente.quantite, attente.publics):
            continue
        delai = session.delai_reponse_jours
        avant = jour + datetime.timedelta(days=delai) if delai is not None else None
        _changer(session, attente, None, "proposer_place", proposee_le=jour, repondre_avant=avant)
        _prevenir(attente, session, avant)
        proposees += 1
    return proposees


def _correspondants(inscription: Inscription) -> list[Any]:
    """Return who follows the person, and who prescribed when it is someone else."""
    suivies = AffectationReferent.objects.filter(
        personne=inscription.personne_id, periode__contains=timezone.localdate(), referent__isnull=False
    ).select_related("referent")
    prescripteur = inscription.prescription.prescripteur if inscription.prescription else None
    return [u for u in (prescripteur, *(a.referent for a in suivies)) if u is not None]


def _prevenir(inscription: Inscription, session: Session, avant: datetime.date | None) -> None:
    """Tell those who follow the person that a place is proposed; the notice names the session, not her."""
    limite = f" Répondez avant le {avant:%d/%m/%Y} inclus." if avant else ""
    prevenir(
        destinataires=_correspondants(inscription),
        titre="Une place s’est libérée pour une personne de votre liste d’attente",
        texte=f"{session.offre} – {session}.{limite}", url=_ou(inscription),
    )  # fmt: skip


def _ou(inscription: Inscription) -> str:
    """Return where the place is taken or left: the prescription, else the session's list."""
    suivie = inscription.prescription
    return suivie.get_absolute_url() if suivie else inscription.get_absolute_url()


@transaction.atomic
def liberer_sans_reponse(*, session: Session, jour: datetime.date) -> int:
    """Give back the places of a session that nobody took in time, and offer them to the next; return how many."""
    lue = verrouiller(session.pk)
    tardives = (
        lue.inscriptions.sans_reponse_au(jour)
        .select_for_update(of=("self",))
        .select_related("personne", "prescription__prescripteur")
    )
    liberees = list(tardives)
    for inscription in liberees:
        _changer(lue, inscription, None, "liberer_place", fin_le=jour)
        prevenir(
            destinataires=_correspondants(inscription), titre="Une place proposée n’a pas été prise à temps",
            texte=f"{lue.offre} – {lue}. La place va à la personne suivante.", url=_ou(inscription),
        )  # fmt: skip
    if liberees:
        proposer_places(lue)
    return len(liberees)


@transaction.atomic
def liberer_non_presentees(*, session: Session, jour: datetime.date) -> int:
    """Note absent those who did not come within the delay, and offer their places to the next; return how many."""
    lue = verrouiller(session.pk)
    absentes = list(
        lue.inscriptions.non_presentees_au(jour)
        .select_for_update(of=("self",))
        .select_related("personne", "prescription__prescripteur")
    )
    for inscription in absentes:
        _changer(lue, inscription, None, "constater_absence", "Entrée non notée dans le délai.", fin_le=jour)
        prevenir(
            destinataires=_correspondants(inscription), titre="Une personne inscrite n’est pas venue",
            texte=f"{lue.offre} – {lue}. Sa place va à la personne suivante.", url=_ou(inscription),
        )  # fmt: skip
    if absentes:
        proposer_places(lue)
    return len(absentes)


def liberer_toutes(*, jour: datetime.date) -> int:
    """Give back every place nobody took or came for in time on `jour`, one session a transaction; return how many."""
    silencieuses = Session.objects.filter(inscriptions__in=Inscription.objects.sans_reponse_au(jour)).distinct()
    rendues = sum(liberer_sans_reponse(session=session, jour=jour) for session in silencieuses)
    manquees = Session.objects.filter(inscriptions__in=Inscription.objects.non_presentees_au(jour)).distinct()
    return rendues + sum(liberer_non_presentees(session=session, jour=jour) for session in manquees)


def annuler_les_inscriptions(session: Session) -> None:
    """End every enrolment of a cancelled, locked session; those who follow the people are told."""
    motif = f"Session annulée : {session.motif_annulation}"[:250]
    actives = list(
        session.inscriptions.filter(etat__in=[*TENANT_LA_PLACE, EtatInscription.EN_ATTENTE]).select_related("personne")
    )
    for inscription in actives:
        _changer(session, inscription, None, "annuler_inscription", motif, motif=motif, fin_le=timezone.localdate())
    suivies = AffectationReferent.objects.filter(
        personne__in=[i.personne_id for i in actives], periode__contains=timezone.localdate(), referent__isnull=False
    ).select_related("referent")
    prevenir(
        destinataires=[a.referent for a in suivies if a.referent], titre="Une session est annulée",
        texte=f"{session.offre} – {session}. {session.motif_annulation}", url=session.get_absolute_url(),
    )  # fmt: skip


@transaction.atomic
def rendre_les_places(prescription: Prescription, motif: str) -> int:
    """End the enrolments of a prescription that leads nowhere; each place goes to the next. Return how many ended."""
    actives = Inscription.objects.filter(
        prescription=prescription, etat__in=[*TENANT_LA_PLACE, EtatInscription.EN_ATTENTE]
    )
    rendues = 0
    for inscription in actives.order_by("session_id", "pk"):
        session, lue = _verrouiller(inscription)
        _changer(session, lue, None, "annuler_inscription", motif, motif=motif[:250], fin_le=timezone.localdate())
        proposer_places(session)
        rendues += 1
    return rendues


@transaction.atomic
def noter_heures(
    *, inscription: Inscription, par: Any, le: datetime.date, heures: Decimal, commentaire: str = ""
) -> HeuresConsommees:
    """Note hours used on a day. Beyond what was kept for the person, more are taken from the session while it has any.

    Raises DroitInsuffisant, and RegleMetier when the session has no such hours left or the day is noted already.
    """
    session, lue = _verrouiller(inscription)
    if not acteurs_de_l_inscription(par, session, lue.personne):
        raise DroitInsuffisant(RESERVE)
    if session.unite != "heures":
        raise RegleMetier("Cette session compte des places, pas des heures.")
    if lue.etat != EtatInscription.PRESENTE:
        raise RegleMetier("Notez d’abord l’entrée de la personne dans la session.")
    _verifier_jour(session, le)
    ligne = HeuresConsommees(inscription=lue, le=le, heures=heures, commentaire=commentaire)
    enregistrer(ligne)
    deja = sum((h.heures for h in lue.heures.all()), Decimal(0))
    if deja > lue.quantite:
        supplement = deja - lue.quantite
        if not prendre(session, supplement, lue.publics):
            reste = nombre(session.libres)
            raise RegleMetier(f"Il ne reste que {reste} heures dans la session.", champ="heures")
        lue.quantite = deja
        lue.save(update_fields=["quantite"])
    journaliser(par=par, verbe="noter_heures", objet=lue, apres={"le": le, "heures": heures})
    return ligne
