"""Convocations by e-mail, the links that let a member answer without an account, and their calendar feed."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from gouvernance.droits_instances import nom_du_membre
from gouvernance.models import EtatSeance, Membre, Presence, Seance
from pdi.socle.droits import RegleMetier
from pdi.socle.formats import compte
from pdi.socle.operations import apres_validation, journaliser, prevenir

logger = logging.getLogger(__name__)

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


def joignable(membre: Membre) -> bool:
    """Return whether an address is known to write to the member; nobody is written to in the demonstration."""
    return bool(membre.courriel) or (membre.compte is not None and membre.compte.is_active)


@dataclass(frozen=True)
class _Lettre:
    membre: Membre
    adresse: str
    texte: str


def _poster(seance: Seance, objet: str, lettres: list[_Lettre], par: Any) -> None:
    """Send once the write is committed, over one connection; who asked is told of those that could not leave."""

    def envoyer() -> None:
        connexion, perdues = get_connection(), []
        for rang, lettre in enumerate(lettres):
            try:
                EmailMessage(objet, lettre.texte, None, [lettre.adresse], connection=connexion).send()
            except SMTPException:  # this one is refused
                perdues.append(nom_du_membre(lettre.membre, tenue=True))
                connexion.close()
            except OSError:  # nobody answers: the page would wait as long for each of the others
                perdues += [nom_du_membre(reste.membre, tenue=True) for reste in lettres[rang:]]
                break
        connexion.close()
        if perdues:
            logger.warning("Séance %s : %d courriels ne sont pas partis", seance.pk, len(perdues))
        if perdues and par is not None:
            prevenir(
                destinataires=[par], url=seance.get_absolute_url(), texte=f"{objet} : {', '.join(perdues)}."[:250],
                titre=compte(len(perdues), "courriel n’est pas parti", "courriels ne sont pas partis"),
            )  # fmt: skip

    apres_validation(envoyer)


def convoquer_les_membres(seance: Seance, presences: Iterable[Presence], *, par: Any = None, nature: str = "") -> None:
    """Write to each member once the write is committed: the agenda, the link to answer, the calendar.

    `nature`: « Rappel », « Nouvelle date », empty for the first letter.
    """
    objet = f"{f'{nature} : c' if nature else 'C'}onvocation, {seance.titre}"
    points, lettres = list(seance.points.all()), []
    for presence in presences:
        if adresse := adresse_de(presence.membre):
            contexte = {
                "seance": seance, "points": points, "nature": nature, "nom_application": settings.NOM_APPLICATION,
                "lien": settings.ADRESSE_PUBLIQUE + reverse("gouvernance:convocation_reponse", args=[jeton(presence)]),
                "agenda": settings.ADRESSE_PUBLIQUE
                + reverse("gouvernance:agenda_flux", args=[jeton_agenda(presence.membre)]),
            }  # fmt: skip
            lettres.append(_Lettre(presence.membre, adresse, render_to_string("courriels/convocation.txt", contexte)))
    _poster(seance, objet, lettres, par)


def prevenir_du_changement(seance: Seance, quoi: str, par: Any) -> None:
    """Tell those convened that the meeting changed, is put off or cancelled."""
    texte = render_to_string(
        "courriels/seance_changee.txt",
        {"seance": seance, "quoi": quoi, "nom_application": settings.NOM_APPLICATION},
    )
    objet = f"{quoi} : {seance.titre}"
    lues = seance.presences.select_related("membre__compte", "membre__structure")
    lettres = [_Lettre(p.membre, adresse, texte) for p in lues if (adresse := adresse_de(p.membre))]
    _poster(seance, objet, lettres, par)


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
