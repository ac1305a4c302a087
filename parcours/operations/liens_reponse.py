"""Links that let an operator answer one prescription without an account: opened, closed, read; and their setting."""

from __future__ import annotations

import datetime
import secrets
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from parcours.droits.reponses import peut_regler_reponse
from parcours.models import EtatPrescription, LienReponse, Prescription, ReglageReponse
from pdi.socle.droits import exiger
from pdi.socle.operations import apres_validation, enregistrer, journaliser
from pdi.structures.models import Structure

SEL = "parcours.reponse"
OBJET = "Une prescription attend votre réponse"


def jeton(lien: LienReponse) -> str:
    """Return the secret part of the address: the seed and its signature."""
    return Signer(salt=SEL, sep=".").sign(lien.graine)


def lien_de(jeton_recu: str) -> LienReponse | None:
    """Return the link an address belongs to, usable or not; None when the address is forged."""
    try:
        graine = Signer(salt=SEL, sep=".").unsign(jeton_recu)
    except BadSignature:
        return None
    liens = LienReponse.objects.select_related(
        "prescription__personne", "prescription__offre", "prescription__operateur",
        "prescription__structure_prescriptrice", "prescription__prescripteur",
    )  # fmt: skip
    return liens.filter(graine=graine).first()


def sert_encore(lien: LienReponse, jour: datetime.date) -> bool:
    """Return whether the link still answers its prescription on `jour`."""
    attend = lien.prescription.etat == EtatPrescription.TRANSMISE
    return attend and lien.clos_le is None and lien.expire_le >= jour


def ouvrir_lien(prescription: Prescription) -> LienReponse | None:
    """Send the operator a new link, the one before being closed; nothing unless it asked for links.

    Inside the transaction of the caller; the e-mail leaves once it is committed, and names nobody.
    """
    reglage = ReglageReponse.objects.filter(structure=prescription.operateur_id, actif=True).first()
    if reglage is None or not settings.ADRESSE_PUBLIQUE:
        return None
    fermer_liens(prescription)
    fin = timezone.localdate() + datetime.timedelta(days=settings.LIEN_REPONSE_JOURS)
    lien = LienReponse.objects.create(
        prescription=prescription, graine=secrets.token_urlsafe(32), courriel=reglage.courriel, expire_le=fin
    )
    journaliser(par=None, verbe="ouvrir_lien_reponse", objet=lien)
    apres_validation(_envoyer, lien, prescription)
    return lien


def _envoyer(lien: LienReponse, prescription: Prescription) -> None:
    contexte = {
        "nom_application": settings.NOM_APPLICATION, "action": str(prescription), "expire_le": lien.expire_le,
        "prescriptrice": prescription.structure_prescriptrice,
        "lien": settings.ADRESSE_PUBLIQUE + reverse("parcours:reponse", args=[jeton(lien)]),
    }  # fmt: skip
    send_mail(OBJET, render_to_string("courriels/reponse.txt", contexte), None, [lien.courriel])


def fermer_liens(prescription: Prescription) -> int:
    """Close the open link of a prescription: it stops working at once. Return how many were open."""
    return LienReponse.objects.filter(prescription=prescription, clos_le__isnull=True).update(clos_le=timezone.now())


@transaction.atomic
def regler_reponse(*, structure: Structure, courriel: str, actif: bool, par: Any) -> ReglageReponse:
    """Say where the operator is written to, and whether links leave; turned off, the open links stop working.

    Raises DroitInsuffisant, and RegleMetier without an address.
    """
    exiger(peut_regler_reponse(par, structure))
    reglage = ReglageReponse.objects.select_for_update().filter(structure=structure).first()
    avant = {"actif": reglage.actif} if reglage else {}
    reglage = reglage or ReglageReponse(structure=structure)
    change = reglage.courriel != courriel.strip()
    reglage.courriel, reglage.actif = courriel.strip(), actif
    reglage.modifie_le, reglage.modifie_par = timezone.now(), par
    enregistrer(reglage)
    if change or not actif:
        ouverts = LienReponse.objects.filter(prescription__operateur=structure, clos_le__isnull=True)
        ouverts.update(clos_le=timezone.now())
    journaliser(par=par, verbe="regler_reponse", objet=reglage, avant=avant, apres={"actif": actif})
    return reglage
