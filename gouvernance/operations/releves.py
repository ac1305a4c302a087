"""The minutes sent to those convened, by a job."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.utils import timezone

from gouvernance.document.seance import DocumentSeance
from gouvernance.droits_instances import nom_du_membre
from gouvernance.droits_seances import peut_envoyer_releve
from gouvernance.models import Presence, Seance
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.formats import compte
from pdi.socle.models import Traitement
from pdi.socle.operations import journaliser, prevenir
from pdi.socle.traitements import Suivi, lancer

from .convocations import adresse_de, joignable

TACHE = "gouvernance.envoyer_releve"
ETAPES = 3


def a_qui_envoyer(seance: Seance) -> list[Presence]:
    """Return those convened who have an address and have not received these minutes."""
    lues = seance.presences.filter(releve_le=None).select_related("membre__compte", "membre__structure")
    return [p for p in lues if joignable(p.membre)]


def envoyer_releve(*, seance: Seance, par: Any) -> Traitement:
    """Launch the sending of the minutes to those convened. Raises DroitInsuffisant, RegleMetier: nobody to send to."""
    exiger(peut_envoyer_releve(par, seance))
    if not a_qui_envoyer(seance):
        raise RegleMetier("Chacun de ceux qui ont une adresse a déjà reçu ce relevé.")
    traitement, cree = lancer(
        nature="releve_seance", cle=str(seance.pk), intitule=f"Envoi du relevé : {seance}", par=par,
        tache=TACHE, parametres={"seance_id": seance.pk}, url_retour=seance.get_absolute_url(),
    )  # fmt: skip
    if cree:
        journaliser(par=par, verbe="envoyer_releve", objet=seance)
    return traitement


def executer_envoi(*, seance_id: int, suivi: Suivi) -> None:
    """Print the minutes as a member reads them, send them one by one; taken again, it goes on where it stopped.

    In the demonstration nobody is written to: the minutes are noted as sent. Called by the worker.
    """
    par = suivi.traitement.demandeur
    seance = Seance.objects.select_related("instance__territoire").get(pk=seance_id)
    exiger(peut_envoyer_releve(par, seance))
    presences = a_qui_envoyer(seance)
    suivi.demarrer(ETAPES + len(presences))
    suivi.avancer("Lire la séance")
    document = DocumentSeance.lire(seance, "releve", AnonymousUser())  # a member reads no name of a beneficiary
    suivi.avancer("Mettre en page")
    octets = document.imprimer().octets
    perdus = []
    connexion = get_connection()
    for presence in presences:
        suivi.avancer("Envoyer")
        if _envoyer(seance, presence, octets, connexion):
            Presence.objects.filter(pk=presence.pk).update(releve_le=timezone.now())
        else:
            perdus.append(nom_du_membre(presence.membre, tenue=True))
            connexion.close()
    connexion.close()
    dit = compte(len(presences) - len(perdus), "membre l’a reçu", "membres l’ont reçu")
    if perdus and par is not None:
        prevenir(
            destinataires=[par], titre="Le relevé n’est pas parti pour tous", url=seance.get_absolute_url(),
            texte=f"{dit}. Non partis : {', '.join(perdus)}."[:250],
        )  # fmt: skip
    suivi.avancer(dit)
    suivi.terminer({"envoyes": len(presences) - len(perdus), "perdus": len(perdus)})


def _envoyer(seance: Seance, presence: Presence, octets: bytes, connexion: Any) -> bool:
    adresse = adresse_de(presence.membre)
    if not adresse:
        return True
    contexte = {"seance": seance, "decisions": seance.decisions.all(), "nom_application": settings.NOM_APPLICATION,
                "lien": settings.ADRESSE_PUBLIQUE + seance.get_absolute_url()}  # fmt: skip
    lettre = EmailMessage(
        f"Relevé de décisions, {seance}", render_to_string("courriels/releve_seance.txt", contexte), None, [adresse],
        attachments=[(f"releve-seance-{seance.pk}.pdf", octets, "application/pdf")], connection=connexion,
    )  # fmt: skip
    try:
        return bool(lettre.send())
    except OSError:  # SMTP errors are OSError too
        return False
