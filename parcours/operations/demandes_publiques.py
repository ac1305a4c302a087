"""Requests of the public, the visitor's side: left, confirmed by the link of an e-mail, erased when it never is.

Whether the identity is that of somebody known is looked for once the request is confirmed, and never told.
"""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from offre.models import EtatOffre, OffreInsertion
from parcours.doublons import identite_de
from parcours.models import (
    AffectationReferent,
    DemandePublique,
    EtatDemandePublique,
    Personne,
    TransitionDemandePublique,
)
from parcours.regles.demandes_publiques import AUTOMATE_DEMANDE_PUBLIQUE, DEMANDEUR, seule_connue
from parcours.regles.doublons import Identite
from pdi.comptes.models import Habilitation, Role, Utilisateur
from pdi.socle.droits import RegleMetier
from pdi.socle.etats import changer_etat
from pdi.socle.operations import apres_validation, enregistrer, journaliser, prevenir
from pdi.territoires.models import Commune, CommuneTerritoire

SEL = "parcours.demande"
OBJET = "Confirmez votre demande"
EN_ATTENTE_MAX = 3  # requests waiting for a confirmation at one address: beyond, nothing more is sent there
FERMEE = "Ce lien ne permet plus de confirmer : refaites la demande depuis la page de l’offre."
NON_OUVERTE = "Cette offre ne se demande pas en ligne : parlez-en à votre référent ou à l’accueil de votre territoire."


@dataclass(frozen=True)
class SaisieDemande:
    """What the visitor wrote: the least that lets somebody call back."""

    nom: str
    prenom: str
    date_naissance: datetime.date
    courriel: str
    telephone: str = ""
    commune: Commune | None = None
    message: str = ""


def jeton(demande: DemandePublique) -> str:
    """Return the secret part of the address: the seed and its signature."""
    return Signer(salt=SEL, sep=".").sign(demande.graine)


def demande_de(jeton_recu: str) -> DemandePublique | None:
    """Return the request an address belongs to, None when the address is forged or the request erased."""
    try:
        graine = Signer(salt=SEL, sep=".").unsign(jeton_recu)
    except BadSignature:
        return None
    return DemandePublique.objects.select_related("offre").filter(graine=graine).first()


def se_demande(offre: OffreInsertion) -> bool:
    """Return whether the public may ask for the offer."""
    return offre.etat == EtatOffre.PUBLIEE and offre.auto_prescription


# -- left --------------------------------------------------------------------------------------


@transaction.atomic
def deposer_demande(*, offre: OffreInsertion, saisie: SaisieDemande) -> DemandePublique | None:
    """Keep a request until it is confirmed, and send the link that confirms it to the address given.

    The same person asking again for the same offer replaces what she left. None when the address already has too many
    requests waiting: nothing is written nor sent, and the visitor is told the same. Raises RegleMetier (offer).
    """
    if not se_demande(offre):
        raise RegleMetier(NON_OUVERTE)
    attendues = DemandePublique.objects.filter(
        courriel__iexact=saisie.courriel, etat=EtatDemandePublique.A_CONFIRMER
    ).select_for_update()
    attendues.filter(offre=offre, date_naissance=saisie.date_naissance).delete()
    if attendues.count() >= EN_ATTENTE_MAX:
        return None
    maintenant = timezone.now()
    demande = DemandePublique(
        offre=offre, graine=secrets.token_urlsafe(32), cree_le=maintenant, consentement_le=maintenant,
        expire_le=maintenant + datetime.timedelta(days=settings.DEMANDE_CONFIRMATION_JOURS),
        fictive=settings.DEMONSTRATION, **_champs(saisie),
    )  # fmt: skip
    enregistrer(demande)
    TransitionDemandePublique.objects.create(demande=demande, de="", vers=demande.etat)
    journaliser(par=None, verbe="deposer_demande", objet=demande)
    apres_validation(_envoyer, demande)
    return demande


def _champs(saisie: SaisieDemande) -> Mapping[str, Any]:
    return {
        "nom": saisie.nom.strip(), "prenom": saisie.prenom.strip(), "date_naissance": saisie.date_naissance,
        "courriel": saisie.courriel.strip(), "telephone": saisie.telephone.strip(), "commune": saisie.commune,
        "message": saisie.message.strip(),
    }  # fmt: skip


def lien_de_confirmation(demande: DemandePublique) -> str:
    """Return the whole address that confirms the request."""
    return settings.ADRESSE_PUBLIQUE + reverse("parcours:demande_confirmer", args=[jeton(demande)])


def _envoyer(demande: DemandePublique) -> None:
    contexte = {
        "nom_application": settings.NOM_APPLICATION, "offre": demande.offre.intitule, "expire_le": demande.expire_le,
        "lien": lien_de_confirmation(demande),
    }  # fmt: skip
    send_mail(OBJET, render_to_string("courriels/demande_confirmer.txt", contexte), None, [demande.courriel])


# -- confirmed ---------------------------------------------------------------------------------


def attend_confirmation(demande: DemandePublique) -> bool:
    """Return whether the link still confirms the request."""
    return demande.etat == EtatDemandePublique.A_CONFIRMER and demande.expire_le > timezone.now()


@transaction.atomic
def confirmer_demande(*, jeton_recu: str) -> DemandePublique:
    """Hand the request of a link over to who handles it: the référent of the person, else the orientation team.

    Raises RegleMetier: forged, expired, already used.
    """
    trouvee = demande_de(jeton_recu)
    if trouvee is None:
        raise RegleMetier(FERMEE)
    demande = DemandePublique.objects.select_for_update(of=("self",)).select_related("offre").get(pk=trouvee.pk)
    if not attend_confirmation(demande):
        raise RegleMetier(FERMEE)
    valeurs = {"confirmee_le": timezone.now(), "personne": _personne_connue(demande)}
    changer_etat(
        automate=AUTOMATE_DEMANDE_PUBLIQUE, verbe="confirmer_demande", objet=demande,
        acteurs=frozenset({DEMANDEUR}), ligne=TransitionDemandePublique, cle="demande", par=None, valeurs=valeurs,
    )  # fmt: skip
    journaliser(par=None, verbe="confirmer_demande", objet=demande)
    prevenir(
        destinataires=destinataires(demande), titre="Une demande du public est à traiter",
        texte=demande.offre.intitule, url=demande.get_absolute_url(),
    )  # fmt: skip
    return demande


def identite_declaree(demande: DemandePublique) -> Identite:
    """Return the identity as written: the name may be that of birth or of use."""
    return Identite(demande.nom, "", demande.prenom, demande.date_naissance)


def _personne_connue(demande: DemandePublique) -> Personne | None:
    nees = Personne.objects.filter(
        date_naissance=demande.date_naissance, deces_le__isnull=True, archivee_le__isnull=True
    )  # an archived file is nobody's: the orientation team looks
    lues = nees.defer("nir_chiffre", "nir_empreinte", "recherche")
    return seule_connue(identite_declaree(demande), [(p, identite_de(p)) for p in lues])


def destinataires(demande: DemandePublique) -> list[Utilisateur]:
    """Return who is told: today's référent of the person; else the orientation agents of the territory.

    Where there is none, those of the département; failing them the administrators, so that nobody waits for nothing.
    """
    jour = timezone.localdate()
    suivi = AffectationReferent.objects.filter(personne=demande.personne_id, periode__contains=jour)
    referents = [a.referent for a in suivi.select_related("referent") if a.referent] if demande.personne_id else []
    if referents:
        return referents
    tenues = Habilitation.objects.au(jour)
    agents = tenues.filter(role=Role.AGENT_ORIENTATION)
    ici = CommuneTerritoire.objects.filter(commune=demande.commune_id, validite__contains=jour)
    for equipe in (
        agents.filter(territoire__in=ici.values("territoire")),
        agents.filter(territoire__isnull=True, structure__isnull=True),
        tenues.filter(role=Role.ADMINISTRATEUR),
    ):
        if trouves := list(Utilisateur.objects.filter(habilitations__in=equipe).distinct()):
            return trouves
    return []


# -- erased ------------------------------------------------------------------------------------


@transaction.atomic
def purger_demandes(*, maintenant: datetime.datetime) -> int:
    """Erase the requests never confirmed in time, and those handled for long: the prescription stays."""
    traitees_avant = maintenant - datetime.timedelta(days=settings.CONSERVATION_DEMANDES_JOURS)
    jamais = DemandePublique.objects.filter(etat=EtatDemandePublique.A_CONFIRMER, expire_le__lte=maintenant)
    anciennes = DemandePublique.objects.filter(traitee_le__lte=traitees_avant)
    return jamais.delete()[1].get("parcours.DemandePublique", 0) + anciennes.delete()[1].get(
        "parcours.DemandePublique", 0
    )
