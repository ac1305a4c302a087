"""Writes of the contradictory procedure and of the opinion of the équipe pluridisciplinaire."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from gouvernance.droits_ep import acteurs_du_dossier
from gouvernance.droits_instances import peut_tenir_instance
from gouvernance.models import Audition, AvisEP, DossierEP, EtatDossierEP, EtatSeance, ObservationEP
from gouvernance.regles.ep import DEMANDEUR, SECRETARIAT, contradictoire
from gouvernance.regles.sanctions_ep import (
    Foyer,
    Mesure,
    attente_du_contradictoire,
    faute_de_mesure,
    fin_contradictoire,
    tardive,
)
from gouvernance.regles.seances import faute_de_votes, quorum
from parcours.regles.delais import Regime
from pdi.socle.droits import RegleMetier, exiger, non
from pdi.socle.formats import date_longue
from pdi.socle.operations import enregistrer, journaliser, prevenir

from .ep import changer, obstacle_a_l_inscription, ouvrir_le_point, repondu, suiveurs, verrouiller_dossier

EN_PROCEDURE = (
    EtatDossierEP.SOUMIS, EtatDossierEP.CONTRADICTOIRE, EtatDossierEP.INSCRIT, EtatDossierEP.EXAMINE,
)  # fmt: skip


def _tenir(dossier: DossierEP, par: Any, *acteurs: str) -> None:
    if not acteurs_du_dossier(par, dossier) & set(acteurs):
        exiger(non("Ceci est noté par le secrétariat de l’équipe et par ceux qui suivent la personne."))


def _pas_a_venir(jour: datetime.date, champ: str) -> None:
    if jour > timezone.localdate():
        raise RegleMetier("Cette date est à venir : notez ce qui a eu lieu.", champ=champ)


def _fin_du_delai(dossier: DossierEP, le: datetime.date) -> datetime.date:
    """Return the last day to answer an intention received on `le`. Raises RegleMetier: to come, before the facts."""
    _pas_a_venir(le, "le")
    if le < dossier.faits_le:
        raise RegleMetier(f"La notification ne précède pas les faits du {date_longue(dossier.faits_le)}.", champ="le")
    return fin_contradictoire(Regime.lire(dossier.regime), le)


@transaction.atomic
def notifier_intention(*, dossier: DossierEP, le: datetime.date, par: Any) -> DossierEP:
    """Record the day the person was told what is intended: her delay to answer runs from there.

    Raises DroitInsuffisant, TransitionImpossible, RegleMetier: a theme without sanction, a date to come or before
    the facts. Source: CASF L262-37, R262-69; the delay is the one of the regime of the facts.
    """
    lu = verrouiller_dossier(dossier)
    if not contradictoire(lu.theme):
        raise RegleMetier("Ce thème n’entraîne pas de sanction : le dossier s’inscrit directement à une séance.")
    jusqu_au = _fin_du_delai(lu, le)
    changer(lu, "notifier_intention", par, intention_le=le, observations_jusqu_au=jusqu_au)
    prevenir(
        destinataires=suiveurs(lu, par), titre="La personne est informée de l’intention",
        texte=f"{lu} : elle peut répondre jusqu’au {date_longue(jusqu_au)}.", url=lu.get_absolute_url(),
    )  # fmt: skip
    return lu


@transaction.atomic
def corriger_intention(*, dossier: DossierEP, le: datetime.date, motif: str, par: Any) -> DossierEP:
    """Correct the day the intention was received: the delay and what is late are told again from it.

    Raises DroitInsuffisant, RegleMetier: not notified or already examined, a day to come or before the facts, a delay
    that would end after the meeting where the file is.
    """
    lu = verrouiller_dossier(dossier)
    _tenir(lu, par, SECRETARIAT)
    if lu.etat not in (EtatDossierEP.CONTRADICTOIRE, EtatDossierEP.INSCRIT) or lu.intention_le is None:
        raise RegleMetier("Cette date ne se corrige qu’entre la notification et l’avis.")
    avant = {"intention reçue le": lu.intention_le, "réponse jusqu’au": lu.observations_jusqu_au}
    lu.intention_le, lu.observations_jusqu_au = le, _fin_du_delai(lu, le)
    lu.version += 1
    enregistrer(lu)
    lu.observations.update(tardive=Q(recue_le__gt=lu.observations_jusqu_au))
    if lu.seance is not None and (obstacle := obstacle_a_l_inscription(lu, lu.seance, observe=repondu(lu))):
        raise RegleMetier(f"{obstacle} Retirez d’abord le dossier de l’ordre du jour.", champ="le")
    journaliser(
        par=par, verbe="corriger_intention", objet=lu, avant=avant, commentaire=motif,
        apres={"intention reçue le": le, "réponse jusqu’au": lu.observations_jusqu_au},
    )  # fmt: skip
    prevenir(
        destinataires=suiveurs(lu, par), titre="La date d’une intention est corrigée",
        texte=f"{lu} : la personne peut répondre jusqu’au {date_longue(lu.observations_jusqu_au)}.",
        url=lu.get_absolute_url(),
    )  # fmt: skip
    return lu


@transaction.atomic
def recevoir_observations(
    *, dossier: DossierEP, recue_le: datetime.date, forme: str, texte: str, par: Any
) -> ObservationEP:
    """Keep what the person answered, late or not.

    Raises DroitInsuffisant, RegleMetier: the decision is taken, a date before the intention or to come.
    """
    lu = verrouiller_dossier(dossier)
    _tenir(lu, par, SECRETARIAT, DEMANDEUR)
    if lu.etat not in EN_PROCEDURE:
        raise RegleMetier("La décision est prise : une contestation s’enregistre comme un recours.")
    _pas_a_venir(recue_le, "recue_le")
    if lu.intention_le is not None and recue_le < lu.intention_le:
        raise RegleMetier(
            f"L’intention a été notifiée le {date_longue(lu.intention_le)} : relisez la date.", champ="recue_le"
        )
    observation = ObservationEP(
        dossier=lu, recue_le=recue_le, forme=forme, texte=texte, par=par,
        tardive=tardive(recue_le, lu.observations_jusqu_au),
    )  # fmt: skip
    enregistrer(observation)
    journaliser(
        par=par,
        verbe="recevoir_observations",
        objet=lu,
        apres={"reçues le": recue_le, "hors délai": observation.tardive},
    )
    return observation


@transaction.atomic
def noter_audition(*, dossier: DossierEP, audition: str, par: Any, assistance: str = "") -> DossierEP:
    """Note that the person asks to be heard, was invited, came or not, and who assists her."""
    lu = verrouiller_dossier(dossier)
    _tenir(lu, par, SECRETARIAT, DEMANDEUR)
    if lu.etat not in EN_PROCEDURE:
        raise RegleMetier("Le dossier n’est plus en procédure : l’audition ne s’y note plus.")
    lu.audition, lu.assistance = Audition(audition), assistance.strip()[:150]
    lu.version += 1
    enregistrer(lu)
    journaliser(par=par, verbe="noter_audition", objet=lu, apres={"audition": lu.get_audition_display()})
    return lu


def _entendre(dossier: DossierEP, audition: str) -> None:
    """Check that the person could answer and was heard as she asked, the very day of the opinion."""
    attente = attente_du_contradictoire(
        dossier.theme, dossier.observations_jusqu_au, timezone.localdate(), observe=repondu(dossier)
    )
    if attente:
        raise RegleMetier(attente)
    if not audition and dossier.audition in (Audition.DEMANDEE, Audition.INVITEE):
        raise RegleMetier(
            "La personne devait être entendue : dites si elle l’a été ou si elle ne s’est pas présentée.",
            champ="audition",
        )
    if audition:
        dossier.audition = Audition(audition)
        dossier.save(update_fields=["audition"])


def _verifier_votes(dossier: DossierEP, avis: AvisEP) -> None:
    seance = avis.seance
    lu = quorum(seance.presences.values_list("membre__voix", "etat"), seance.quorum)
    if lu.atteint is False:
        raise RegleMetier(
            f"Le quorum n’est pas atteint : {lu.presentes} voix présentes ou représentées, {lu.requis} requises. "
            "Notez les présences, ou reportez la séance."
        )
    avis.voix_presentes = lu.presentes
    faute = faute_de_votes(lu.presentes, avis.pour, avis.contre, avis.abstentions, unanimite=avis.unanimite)
    if faute:
        raise RegleMetier(faute, champ="pour")
    fautive = faute_de_mesure(
        Regime.lire(dossier.regime), dossier.theme, Mesure(avis.sens, avis.palier, avis.taux, avis.mois),
        Foyer(dossier.personnes_foyer, dossier.majoration),
    )  # fmt: skip
    if fautive:
        raise RegleMetier(fautive.message, champ=fautive.champ)


@transaction.atomic
def rendre_avis(
    *, dossier: DossierEP, par: Any, cle: uuid.UUID | None = None, audition: str = "", **champs: Any
) -> AvisEP:
    """Note the opinion of the team during its meeting, or correct it while the meeting is open.

    The same `cle` sent again gives the opinion already written. `audition`: whether she came, when it is said.
    Raises DroitInsuffisant; TransitionImpossible; RegleMetier: meeting not open, no quorum, more votes than voices, a
    measure out of the bounds of the regime, a person who may still answer or who waits to be heard.
    """
    lu = verrouiller_dossier(dossier)
    exiger(peut_tenir_instance(par, lu.instance))
    if cle is not None and (deja := AvisEP.objects.filter(cle=cle, dossier=lu).first()) is not None:
        return deja
    if lu.seance is None or lu.seance.etat != EtatSeance.OUVERTE:
        raise RegleMetier("L’avis se note pendant la séance : ouvrez-la d’abord.")
    avis = AvisEP.objects.filter(dossier=lu).first() or AvisEP(dossier=lu)
    if avis.pk and lu.etat != EtatDossierEP.EXAMINE:
        raise RegleMetier("La décision est prise : l’avis ne se corrige plus.")
    for nom, valeur in champs.items():
        setattr(avis, nom, valeur)
    avis.seance, avis.par, avis.cle, avis.rendu_le = lu.seance, par, cle, timezone.localdate()
    _entendre(lu, audition)
    _verifier_votes(lu, avis)
    corrige = bool(avis.pk)
    enregistrer(avis)
    if corrige:
        journaliser(par=par, verbe="corriger_avis_ep", objet=lu)
    else:
        changer(lu, "rendre_avis", par)
        ouvrir_le_point(lu.seance)
    return avis
