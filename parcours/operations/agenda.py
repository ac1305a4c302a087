"""The calendar feed of an agent: open it, change its address, say what it tells, close it."""

from __future__ import annotations

import secrets
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db import transaction

from parcours.droits import peut_lire_agenda
from parcours.models import AbonnementAgenda
from pdi.socle.droits import exiger
from pdi.socle.operations import journaliser

SEL = "parcours.agenda"


def jeton(abonnement: AbonnementAgenda) -> str:
    """Return the secret part of the address: the seed and its signature."""
    return Signer(salt=SEL, sep=".").sign(abonnement.graine)


def abonnement_de(jeton_recu: str) -> AbonnementAgenda | None:
    """Return whose feed a token opens, None when it opens none: forged, revoked, or its owner has left."""
    try:
        graine = Signer(salt=SEL, sep=".").unsign(jeton_recu)
    except BadSignature:
        return None
    trouve = AbonnementAgenda.objects.select_related("utilisateur").filter(graine=graine).first()
    return trouve if trouve and peut_lire_agenda(trouve.utilisateur) else None


@transaction.atomic
def ouvrir_flux(*, par: Any) -> AbonnementAgenda:
    """Give `par` a feed with a new secret address; the address before it stops working. Raises DroitInsuffisant."""
    exiger(peut_lire_agenda(par))
    abonnement, _ = AbonnementAgenda.objects.update_or_create(
        utilisateur=par, defaults={"graine": secrets.token_urlsafe(32)}
    )
    journaliser(par=par, verbe="ouvrir_flux_agenda", objet=abonnement)
    return abonnement


@transaction.atomic
def regler_flux(*, initiales: bool, par: Any) -> None:
    """Say whether the feed of `par` tells the initials of the person. Raises DroitInsuffisant."""
    exiger(peut_lire_agenda(par))
    abonnement = AbonnementAgenda.objects.select_for_update().filter(utilisateur=par).first()
    if abonnement is None or abonnement.initiales == initiales:
        return
    avant, abonnement.initiales = abonnement.initiales, initiales
    abonnement.save(update_fields=["initiales"])
    journaliser(
        par=par, verbe="regler_flux_agenda", objet=abonnement,
        avant={"initiales": avant}, apres={"initiales": initiales},
    )  # fmt: skip


@transaction.atomic
def fermer_flux(*, par: Any) -> None:
    """Close the feed of `par`: its address stops working at once. Raises DroitInsuffisant."""
    exiger(peut_lire_agenda(par))
    for abonnement in AbonnementAgenda.objects.select_for_update().filter(utilisateur=par):
        journaliser(par=par, verbe="fermer_flux_agenda", objet=abonnement)
        abonnement.delete()
