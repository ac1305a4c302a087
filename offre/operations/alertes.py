"""The alerts of kept searches of the catalogue: asked for, told once a day, stopped in one gesture."""

from __future__ import annotations

import logging
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models.functions import Now
from django.http import QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from offre.listes_offres import ListeOffres
from offre.models import AlerteOffres, OffreInsertion
from pdi.socle.droits import RegleMetier
from pdi.socle.formats import compte
from pdi.socle.models import FiltreEnregistre

logger = logging.getLogger(__name__)

LISTE = "offre:offres"
OFFRES_PAR_COURRIEL = 20
_SIGNATAIRE = Signer(salt="offre.alertes")


@transaction.atomic
def activer_alerte(*, recherche: FiltreEnregistre, par: Any) -> AlerteOffres:
    """Have the offers published from now on that answer this search told by e-mail.

    Raises RegleMetier when the search is not one's own search of the catalogue.
    """
    if recherche.utilisateur_id != par.pk or recherche.liste != LISTE:
        raise RegleMetier("Une alerte se pose sur une de vos recherches gardées du catalogue.")
    alerte, _ = AlerteOffres.objects.get_or_create(recherche=recherche)
    return alerte


def arreter_alerte(*, recherche: FiltreEnregistre, par: Any) -> None:
    """Stop it; the search is kept."""
    AlerteOffres.objects.filter(recherche=recherche, recherche__utilisateur=par).delete()


def jeton_d_arret(alerte: AlerteOffres) -> str:
    """Return what lets the reader of the e-mail stop this alert, and nothing else."""
    return _SIGNATAIRE.sign(str(alerte.pk))


def alerte_du_jeton(jeton: str) -> AlerteOffres | None:
    """Return the alert of a stop link, None when the link is not ours or it is already stopped."""
    try:
        cle = _SIGNATAIRE.unsign(jeton)
    except BadSignature:
        return None
    return AlerteOffres.objects.select_related("recherche").filter(pk=int(cle)).first()


def arreter_par_jeton(*, jeton: str) -> bool:
    """Stop the alert of a link; return whether there was one."""
    alerte = alerte_du_jeton(jeton)
    if alerte is None:
        return False
    alerte.delete()
    return True


def envoyer_toutes() -> int:
    """Send each alert that has something new. Return how many e-mails left; one that fails does not stop the others."""
    envoyes = 0
    for cle in list(AlerteOffres.objects.order_by("pk").values_list("pk", flat=True)):
        try:
            envoyes += envoyer_alerte(cle=cle)
        except (SMTPException, OSError) as erreur:
            logger.warning("Alerte %s non envoyée : %s", cle, type(erreur).__name__)
    return envoyes


@transaction.atomic
def envoyer_alerte(*, cle: int) -> bool:
    """Send one alert when offers answer it since the last time; return whether an e-mail left.

    The row is locked: two workers never send it twice. A refused e-mail undoes the write, so it is tried again.
    """
    verrou = AlerteOffres.objects.select_for_update(of=("self",), skip_locked=True)
    alerte = verrou.select_related("recherche__utilisateur").filter(pk=cle).first()
    if alerte is None or not alerte.recherche.utilisateur.is_active:
        return False
    maintenant = timezone.now()
    utilisateur: Any = alerte.recherche.utilisateur
    liste = ListeOffres(utilisateur, QueryDict(alerte.recherche.requete), timezone.localdate())
    nouvelles = list(
        liste.trouvees.publiees()  # type: ignore[attr-defined]
        .filter(publiee_le__gt=alerte.vues_jusqu_au, publiee_le__lte=maintenant)
        .prefetch_related("operateurs")
        .order_by("-publiee_le", "pk")
    )
    if not nouvelles:
        return False
    AlerteOffres.objects.filter(pk=alerte.pk).update(vues_jusqu_au=maintenant, dernier_envoi=Now())
    if utilisateur.demonstration:
        return False
    _courriel(alerte, nouvelles).send()
    return True


def _courriel(alerte: AlerteOffres, nouvelles: list[OffreInsertion]) -> EmailMessage:
    racine = settings.ADRESSE_PUBLIQUE.rstrip("/")
    arret = racine + reverse("offre:alerte_arreter", args=[jeton_d_arret(alerte)])
    contexte = {
        "recherche": alerte.recherche.nom,
        "offres": [(o, racine + o.get_absolute_url()) for o in nouvelles[:OFFRES_PAR_COURRIEL]],
        "reste": max(len(nouvelles) - OFFRES_PAR_COURRIEL, 0),
        "combien": compte(len(nouvelles), "nouvelle offre", "nouvelles offres"),
        "catalogue": f"{racine}{reverse(LISTE)}?{alerte.recherche.requete or 'tout=1'}",
        "arret": arret,
        "nom_application": settings.NOM_APPLICATION,
    }
    objet = f"{str(contexte['combien']).capitalize()} : {alerte.recherche.nom}"
    return EmailMessage(
        " ".join(objet.split()),
        render_to_string("courriels/alerte_offres.txt", contexte),
        None,
        [alerte.recherche.utilisateur.courriel],
        headers={"List-Unsubscribe": f"<{arret}>"},
    )
