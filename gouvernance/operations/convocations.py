"""Convocations by e-mail, the links that let a member answer without an account, and their calendar feed."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable
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
from pdi.socle.models import Traitement
from pdi.socle.operations import journaliser, prevenir
from pdi.socle.traitements import Suivi, lancer

logger = logging.getLogger(__name__)

NATURE, TACHE = "courriels_seance", "gouvernance.envoyer_courriels"
CONVOCATION, CHANGEMENT = "convocation", "seance_changee"  # templates of letters
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


def convoquer_les_membres(seance: Seance, presences: Iterable[Presence], *, par: Any = None, nature: str = "") -> None:
    """Write to each member by a job, once the write is committed: the agenda, the link to answer, the calendar.

    `nature`: « Rappel », « Nouvelle date », empty for the first letter.
    """
    objet = f"{f'{nature} : c' if nature else 'C'}onvocation, {seance.titre}"
    _lancer_l_envoi(seance, CONVOCATION, objet, nature, presences, par)


def prevenir_du_changement(seance: Seance, quoi: str, par: Any) -> None:
    """Tell those convened, by a job, that the meeting changed, is put off or cancelled."""
    lues = seance.presences.select_related("membre__compte", "membre__structure")
    _lancer_l_envoi(seance, CHANGEMENT, f"{quoi} : {seance.titre}", quoi, lues, par)


def _lancer_l_envoi(
    seance: Seance, gabarit: str, objet: str, mots: str, presences: Iterable[Presence], par: Any
) -> None:
    """Launch a job of its own: two letters about a meeting never stand for each other."""
    cles = [p.pk for p in presences if adresse_de(p.membre)]
    if cles:
        lancer(
            nature=NATURE, cle=f"{seance.pk}-{uuid.uuid4().hex}", par=par, tache=TACHE,
            intitule=f"{objet}, {timezone.localtime(seance.debut):%d/%m/%Y}",
            parametres={"seance_id": seance.pk, "presences": cles, "gabarit": gabarit, "objet": objet, "mots": mots},
            url_retour=seance.get_absolute_url(),
        )  # fmt: skip


def envoi_en_cours(seance: Seance) -> Traitement | None:
    """Return the job that writes to the members now, if any."""
    return Traitement.objects.actifs().filter(nature=NATURE, cle__startswith=f"{seance.pk}-").first()


def executer_courriels(
    *, seance_id: int, presences: list[int], gabarit: str, objet: str, mots: str, suivi: Suivi
) -> None:
    """Write to the members one by one, over one connection; who asked is told of those that could not leave.

    A convocation that is no longer one, the meeting being cancelled meanwhile, is not sent. Taken again after a crash,
    it writes again: the same link answers. Called by the worker.
    """
    seance = Seance.objects.select_related("instance__territoire").get(pk=seance_id)
    perime = gabarit == CONVOCATION and seance.etat != EtatSeance.CONVOQUEE
    lues = seance.presences.filter(pk__in=[] if perime else presences)
    destinataires = list(lues.select_related("membre__compte", "membre__structure"))
    suivi.demarrer(len(destinataires) or 1)
    commun = {"seance": seance, "points": list(seance.points.all()), "nature": mots, "quoi": mots}
    connexion, perdus = get_connection(), []
    for rang, presence in enumerate(destinataires):
        suivi.avancer("Écrire aux membres")
        texte = render_to_string(f"courriels/{gabarit}.txt", commun | _liens(presence))
        try:
            EmailMessage(objet, texte, None, [adresse_de(presence.membre)], connection=connexion).send()
        except SMTPException:  # this one is refused
            perdus.append(presence)
            connexion.close()
        except OSError:  # nobody answers: the job would wait as long for each of the others
            perdus += destinataires[rang:]
            break
    connexion.close()
    if perdus:
        logger.warning("Séance %s : %d courriels ne sont pas partis", seance.pk, len(perdus))
    if perdus and suivi.traitement.demandeur is not None:
        prevenir(
            destinataires=[suivi.traitement.demandeur], url=seance.get_absolute_url(),
            texte=f"{objet} : {', '.join(nom_du_membre(p.membre, tenue=True) for p in perdus)}."[:250],
            titre=compte(len(perdus), "courriel n’est pas parti", "courriels ne sont pas partis"),
        )  # fmt: skip
    suivi.terminer({"envoyes": len(destinataires) - len(perdus), "perdus": len(perdus)})


def _liens(presence: Presence) -> dict[str, str]:
    """Return what a letter leads its member to."""
    reponse = reverse("gouvernance:convocation_reponse", args=[jeton(presence)])
    agenda = reverse("gouvernance:agenda_flux", args=[jeton_agenda(presence.membre)])
    return {
        "lien": settings.ADRESSE_PUBLIQUE + reponse, "agenda": settings.ADRESSE_PUBLIQUE + agenda,
        "nom_application": settings.NOM_APPLICATION,
    }  # fmt: skip


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
