"""Requests to reorient: their states, and how long they may wait. Pure."""

from __future__ import annotations

import datetime

from parcours.models import EtatDemande
from pdi.socle.etats import Automate, Transition

DEMANDEUR, DECIDEUR = "demandeur", "decideur"
STAGNE_APRES = 30  # days: the département's own bound, shown as such; no text gives one
REFUSER, ACCEPTER, RETIRER = "refuser_reorientation", "accepter_reorientation", "retirer_reorientation"
ROUVRIR = "rouvrir_reorientation"

AUTOMATE_DEMANDE = Automate(
    nom="Demande de réorientation",
    objet="la demande",
    etats=EtatDemande,
    acteurs={
        DEMANDEUR: "celui ou celle qui l’a faite",
        DECIDEUR: "encadrants et agents d’orientation dont relève la personne",
    },
    source="CASF L262-31; decision of the département, its reason told to the person who asked.",
    transitions=(
        Transition(
            "", EtatDemande.EN_ATTENTE, "demander_reorientation", "Demander", (DEMANDEUR,),
            "an orientation in force; no other request waiting",
        ),
        Transition(
            EtatDemande.EN_ATTENTE, EtatDemande.ACCEPTEE, ACCEPTER, "Accepter", (DECIDEUR,),
            "the new orientation is decided in the same transaction",
        ),
        Transition(EtatDemande.EN_ATTENTE, EtatDemande.REFUSEE, REFUSER, "Refuser", (DECIDEUR,), commentaire=True),
        Transition(EtatDemande.EN_ATTENTE, EtatDemande.RETIREE, RETIRER, "Retirer", (DEMANDEUR, DECIDEUR)),
        Transition(
            EtatDemande.ACCEPTEE, EtatDemande.EN_ATTENTE, ROUVRIR, "Rouvrir", (DECIDEUR,),
            "the orientation decided for it is withdrawn in the same transaction", commentaire=True,
        ),
    ),
    contraintes=("une_demande_en_attente", "demande_decidee_date_et_auteur", "demande_refus_motive"),
)  # fmt: skip


def attente(demandee_le: datetime.date, decidee_le: datetime.date | None, jour: datetime.date) -> int:
    """Return the days from the request to its decision, or to `jour` while it waits."""
    return ((decidee_le or jour) - demandee_le).days


def stagne(demandee_le: datetime.date, decidee_le: datetime.date | None, jour: datetime.date) -> bool:
    """Return whether a request that waits has been forgotten: more than STAGNE_APRES days."""
    return decidee_le is None and attente(demandee_le, None, jour) > STAGNE_APRES


def limite_de_stagnation(jour: datetime.date) -> datetime.date:
    """Return the day before which a waiting request is stale on `jour`."""
    return jour - datetime.timedelta(days=STAGNE_APRES)
