"""Answers without an account, and reminders to operators that do not answer."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from parcours.models import EtatPrescription, LienReponse, Motif, Prescription
from parcours.regles.prescriptions import OPERATEUR, SYSTEME
from pdi.socle.droits import RegleMetier
from pdi.socle.operations import journaliser, prevenir

from .liens_reponse import lien_de, ouvrir_lien, sert_encore
from .prescriptions import Acte, est_joignable, operateurs_a_prevenir, prescripteurs_a_prevenir, repondre

INJOIGNABLE = (
    "Cet opérateur n’a ni compte ni adresse de réponse : rien ne lui parvient. Appelez-le, puis notez sa réponse ici."
)
LIEN_FERME = "Ce lien ne permet plus de répondre : demandez-en un autre au prescripteur."


@transaction.atomic
def repondre_par_lien(*, jeton: str, retenue: bool, motif: Motif | None = None, commentaire: str = "") -> Prescription:
    """Answer the prescription of a link, once; the link is closed and the prescriber told.

    Raises RegleMetier: forged, expired, closed, or the prescription no longer waits.
    """
    trouve = lien_de(jeton)
    if trouve is None:
        raise RegleMetier(LIEN_FERME)
    lien = LienReponse.objects.select_for_update(of=("self",)).select_related("prescription").get(pk=trouve.pk)
    if not sert_encore(lien, timezone.localdate()):
        raise RegleMetier(LIEN_FERME)
    lue = repondre(
        prescription=lien.prescription, retenue=retenue, motif=motif, commentaire=commentaire, par=None,
        acteurs=frozenset({OPERATEUR}),
    )  # fmt: skip
    LienReponse.objects.filter(pk=lien.pk).update(repondu=True)
    journaliser(par=None, verbe="repondre_par_lien", objet=lien, apres={"état": lue.get_etat_display()})
    return lue


@transaction.atomic
def relancer_prescription(*, prescription: Prescription, par: Any, commentaire: str = "") -> Prescription:
    """Remind the operator that has not answered: its accounts by a notice, its address by a new link.

    `par` None: the delay has passed, and the prescriber is told too. Raises DroitInsuffisant, RegleMetier (already
    reminded today, or nothing would reach the operator).
    """
    acte = Acte(prescription, "relancer_prescription", par, acteurs=frozenset({SYSTEME}) if par is None else None)
    lue, jour = acte.lue, timezone.localdate()
    if lue.relancee_le == jour:
        raise RegleMetier("L’opérateur a déjà été relancé aujourd’hui : laissez-lui le temps de répondre.")
    joignable = est_joignable(lue)
    if par is not None and not joignable:
        raise RegleMetier(INJOIGNABLE)
    acte.ecrire({"relancee_le": jour}, commentaire or ("Relance automatique." if par is None else "Relance."))
    ouvrir_lien(lue)
    depuis = f"{lue}, transmise le {lue.transmise_le:%d/%m/%Y}."
    url = lue.get_absolute_url()
    prevenir(
        destinataires=operateurs_a_prevenir(lue), titre="Une prescription attend votre réponse", texte=depuis, url=url
    )
    if par is None:
        prevenir(
            destinataires=prescripteurs_a_prevenir(lue), url=url,
            texte=depuis if joignable else f"{depuis} {INJOIGNABLE}",
            titre=f"L’opérateur n’a pas répondu\u00a0: {'il est relancé' if joignable else 'appelez-le'}",
        )  # fmt: skip
    return lue


def relancer_tardives(*, avant: datetime.date) -> int:
    """Remind, once a sending, the operators of what was sent before `avant`; one prescription a transaction.

    Return how many were reminded. Somebody answering meanwhile is left alone.
    """
    tardives = Prescription.objects.sans_reponse(avant).filter(relancee_le__isnull=True)
    relancees = 0
    for prescription in list(tardives.order_by(F("transmise_le"), "pk").only("pk")):
        with transaction.atomic():
            attend = Prescription.objects.select_for_update(skip_locked=True).filter(
                pk=prescription.pk, etat=EtatPrescription.TRANSMISE, relancee_le__isnull=True
            )
            if attend.exists():
                relancer_prescription(prescription=prescription, par=None)
                relancees += 1
    return relancees
