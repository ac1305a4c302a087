"""Convocations by e-mail, the links that let a member answer without an account, and their calendar feed."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from gouvernance.models import EtatSeance, Membre, Presence, Seance
from pdi.socle.droits import RegleMetier
from pdi.socle.operations import journaliser

SEL_REPONSE, SEL_AGENDA = "gouvernance.convocation", "gouvernance.agenda"
REPONSES = ("oui", "non", "pouvoir")


def jeton(presence: Presence) -> str:
    """Return the secret part of the address that answers a convocation."""
    return Signer(salt=SEL_REPONSE, sep=".").sign(str(presence.pk))


def presence_de(jeton_recu: str) -> Presence | None:
    """Return whose convocation an address answers, None when it is forged."""
    try:
        pk = Signer(salt=SEL_REPONSE, sep=".").unsign(jeton_recu)
    except BadSignature:
        return None
    lues = Presence.objects.select_related("seance__instance__territoire", "membre__compte", "membre__structure")
    return lues.filter(pk=pk).first()


def attend_une_reponse(presence: Presence) -> bool:
    """Return whether the meeting is still to come and not open yet."""
    return presence.seance.etat == EtatSeance.CONVOQUEE


def jeton_agenda(membre: Membre) -> str:
    """Return the secret part of the address of a member's calendar."""
    return Signer(salt=SEL_AGENDA, sep=".").sign(str(membre.pk))


def membre_de(jeton_recu: str) -> Membre | None:
    """Return whose calendar an address opens: a member in office, None otherwise."""
    try:
        pk = Signer(salt=SEL_AGENDA, sep=".").unsign(jeton_recu)
    except BadSignature:
        return None
    return Membre.objects.au(timezone.localdate()).select_related("instance").filter(pk=pk).first()


def adresse_de(membre: Membre) -> str:
    """Return where the member is written to, empty when nobody is: a demonstration account never is."""
    if membre.courriel or membre.compte is None:
        return "" if membre.demonstration else membre.courriel
    return "" if membre.compte.demonstration or not membre.compte.is_active else membre.compte.courriel


def convoquer_les_membres(seance: Seance, presences: Iterable[Presence], *, relance: bool = False) -> None:
    """Write to each member once the write is committed: the agenda, the link to answer, the calendar."""
    objet = f"{'Rappel : c' if relance else 'C'}onvocation, {seance.objet or seance.instance.nom}"
    points = list(seance.points.all())
    for presence in presences:
        if adresse := adresse_de(presence.membre):
            contexte = {
                "seance": seance, "points": points, "relance": relance, "nom_application": settings.NOM_APPLICATION,
                "lien": settings.ADRESSE_PUBLIQUE + reverse("gouvernance:convocation_reponse", args=[jeton(presence)]),
                "agenda": settings.ADRESSE_PUBLIQUE
                + reverse("gouvernance:agenda_flux", args=[jeton_agenda(presence.membre)]),
            }  # fmt: skip
            texte = render_to_string("courriels/convocation.txt", contexte)
            transaction.on_commit(partial(send_mail, objet, texte, None, [adresse]), robust=True)


def prevenir_du_changement(seance: Seance, quoi: str) -> None:
    """Tell those convened that the meeting changed, is put off or cancelled."""
    texte = render_to_string(
        "courriels/seance_changee.txt",
        {"seance": seance, "quoi": quoi, "nom_application": settings.NOM_APPLICATION},
    )
    objet = f"{quoi} : {seance.objet or seance.instance.nom}"
    for presence in seance.presences.select_related("membre__compte", "membre__structure"):
        if adresse := adresse_de(presence.membre):
            transaction.on_commit(partial(send_mail, objet, texte, None, [adresse]), robust=True)


@transaction.atomic
def repondre_convocation(*, presence: Presence, reponse: str, par: Any = None, represente_par: str = "") -> Presence:
    """Note what a member answers; it may change until the meeting opens. `par` None: by the link.

    Raises RegleMetier: the meeting is open, held, put off; an unknown answer; a proxy given to nobody.
    """
    lue = Presence.objects.select_for_update(of=("self",)).select_related("seance__instance").get(pk=presence.pk)
    if not attend_une_reponse(lue):
        raise RegleMetier("Cette séance n’attend plus de réponse.")
    if reponse not in REPONSES:
        raise RegleMetier("Choisissez une réponse.", champ="reponse")
    if reponse == "pouvoir" and not represente_par.strip():
        raise RegleMetier("Dites qui vous représentera.", champ="represente_par")
    lue.reponse, lue.repondu_le = reponse, timezone.now()
    lue.represente_par = represente_par.strip()[:150] if reponse == "pouvoir" else ""
    lue.save(update_fields=["reponse", "repondu_le", "represente_par"])
    journaliser(par=par, verbe="repondre_convocation", objet=lue.seance, apres={"Réponse": lue.get_reponse_display()})
    return lue
