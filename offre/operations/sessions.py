"""Writes of sessions: prepare, change, open, close, cancel."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction

from actions.operations.commun import en_mots, etat_champs, refuser_si_change
from offre.droits import RESERVE_SESSION, acteurs_de_session, peut_tenir_session
from offre.models import EtatOffre, EtatSession, OffreInsertion, QuotaSession, Session, TransitionSession
from offre.regles.places import Part, manque
from offre.regles.sessions import AUTOMATE_SESSION, Dates
from pdi.socle.droits import RegleMetier, exiger, non
from pdi.socle.etats import changer_etat
from pdi.socle.formats import nombre
from pdi.socle.operations import enregistrer, etat_de, journaliser
from pdi.structures.models import Structure

from .places import suivre, verrouiller

CHAMPS = ("intitule", "debut", "fin", "inscription_jusqu_au", "lieu", "horaires", "capacite", "delai_reponse_jours")


@transaction.atomic
def preparer_session(
    *,
    offre: OffreInsertion,
    par: Any,
    operateur: Structure | None = None,
    parts: Mapping[str, Decimal] | None = None,
    **champs: Any,
) -> Session:
    """Prepare a session of `offre`; `champs` are its fields, `parts` what is kept for each public.

    Raises DroitInsuffisant, and RegleMetier when the offer is archived, a share exceeds the capacity, or a constraint
    refuses.
    """
    if par is not None:
        acteurs = acteurs_de_session(par, operateur.pk if operateur else None)
        exiger(
            AUTOMATE_SESSION.verdict("preparer_session", de="", acteurs=acteurs) if acteurs else non(RESERVE_SESSION)
        )
    if offre.etat == EtatOffre.ARCHIVEE:
        raise RegleMetier("Cette offre est archivée : elle n’a plus de session.", champ="offre")
    if operateur is not None and not offre.operateurs.filter(pk=operateur.pk).exists():
        raise RegleMetier("Cette structure n’est pas un opérateur de l’offre.", champ="operateur")
    session = Session(offre=offre, operateur=operateur, etat=EtatSession.PREPAREE, **champs)
    _verifier_parts(session.capacite, parts or {})
    enregistrer(session)
    _fixer_parts(session, parts or {})
    TransitionSession.objects.create(session=session, vers=EtatSession.PREPAREE, par=par)
    journaliser(par=par, verbe="preparer_session", objet=session, apres=etat_de(session, CHAMPS))
    return session


def _verifier_parts(capacite: Decimal, parts: Mapping[str, Decimal]) -> None:
    trop = manque(Decimal(capacite), [Part(public, quantite) for public, quantite in parts.items()])
    if trop:
        raise RegleMetier(f"Une part réservée dépasse la capacité de {nombre(trop)}.", champ="parts")


def _fixer_parts(session: Session, parts: Mapping[str, Decimal]) -> None:
    tenue = session.quotas.exclude(public__in=parts).filter(prises__gt=0).first()
    if tenue is not None:
        raise RegleMetier(
            f"{nombre(tenue.prises)} {session.get_unite_display()} de cette part sont prises\u00a0: elle ne se retire "
            "plus, mais peut être réduite à ce nombre.",
            champ=f"part_{tenue.public}",
        )
    session.quotas.exclude(public__in=parts).filter(prises=0).delete()
    for public, quantite in parts.items():
        QuotaSession.objects.update_or_create(session=session, public=public, defaults={"reservees": quantite})


def etat_session(session: Session) -> dict[str, str]:
    """Return what a session says, in words: for the lock. Enrolments are not in it: they never wait for a form."""
    parts = {f"Réservées\u00a0: {q.get_public_display()}": en_mots(q.reservees) for q in session.quotas.all()}
    return etat_champs(session, CHAMPS) | parts


@transaction.atomic
def modifier_session(
    *,
    session: Session,
    par: Any,
    parts: Mapping[str, Decimal] | None = None,
    vue: str | None = None,
    **champs: Any,
) -> Session:
    """Change a session. A smaller capacity never goes under what is taken; places added go to those who wait.

    `vue`: fingerprint of `etat_session` that the page carried.
    Raises DroitInsuffisant, PasMaintenant once cancelled, ConflitVersion, RegleMetier.
    """
    lue = verrouiller(session.pk)
    exiger(peut_tenir_session(par, lue))
    if lue.etat == EtatSession.ANNULEE:
        raise RegleMetier("Cette session est annulée : elle ne change plus.")
    refuser_si_change(lue, etat_session(lue), vue)
    avant = etat_de(lue, CHAMPS)
    for nom, valeur in champs.items():
        setattr(lue, nom, valeur)
    if lue.capacite < lue.prises:
        prises = f"{nombre(lue.prises)} {lue.get_unite_display()}"
        raise RegleMetier(f"{prises} sont déjà prises : la capacité ne descend pas en dessous.", champ="capacite")
    if parts is not None:
        _verifier_parts(lue.capacite, parts)
        _fixer_parts(lue, parts)
    enregistrer(lue)
    journaliser(par=par, verbe="modifier_session", objet=lue, avant=avant, apres=etat_de(lue, CHAMPS))
    suivre("places_rendues", verrouiller(lue.pk))
    return lue


@transaction.atomic
def dupliquer_session(*, session: Session, debut: datetime.date, par: Any) -> Session:
    """Prepare another session alike from `debut`: same length, place, capacity and shares, nobody enrolled.

    Raises as `preparer_session` does.
    """
    dates = Dates(session.debut, session.fin, session.inscription_jusqu_au).a_partir_du(debut)
    return preparer_session(
        offre=session.offre, operateur=session.operateur, par=par, intitule=session.intitule, debut=dates.debut,
        fin=dates.fin, inscription_jusqu_au=dates.inscription_jusqu_au, lieu=session.lieu, horaires=session.horaires,
        unite=session.unite, capacite=session.capacite, delai_reponse_jours=session.delai_reponse_jours,
        demonstration=session.demonstration, parts={q.public: q.reservees for q in session.quotas.all()},
    )  # fmt: skip


def _changer(session: Session, par: Any, verbe: str, commentaire: str = "", **valeurs: Any) -> Session:
    lue = verrouiller(session.pk)
    changer_etat(
        automate=AUTOMATE_SESSION, verbe=verbe, objet=lue, acteurs=acteurs_de_session(par, lue.operateur_id),
        ligne=TransitionSession, cle="session", par=par, commentaire=commentaire, valeurs=valeurs,
    )  # fmt: skip
    journaliser(par=par, verbe=verbe, objet=lue, commentaire=commentaire)
    return lue


@transaction.atomic
def ouvrir_session(*, session: Session, par: Any) -> Session:
    """Open a session to enrolments, or open it again. Raises TransitionImpossible, DroitInsuffisant."""
    return _changer(session, par, "ouvrir_session")


@transaction.atomic
def fermer_session(*, session: Session, par: Any) -> Session:
    """Close the enrolments. The waiting list stays: a place that comes back is still proposed."""
    return _changer(session, par, "fermer_session")


@transaction.atomic
def annuler_session(*, session: Session, par: Any, motif: str) -> Session:
    """Cancel a session: the enrolled and those who wait are told, and their enrolments end.

    Raises TransitionImpossible, DroitInsuffisant, RegleMetier without a motive.
    """
    lue = _changer(session, par, "annuler_session", motif, motif_annulation=motif.strip()[:250])
    suivre("session_annulee", lue)
    return lue
