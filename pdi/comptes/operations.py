"""Every write about accounts and habilitations."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Mapping
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from axes.utils import reset as oublier_essais
from celery import current_app
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from kombu.exceptions import KombuError, OperationalError

from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.operations import enregistrer, etat_de, journaliser
from pdi.structures.models import Structure
from pdi.territoires.models import TerritoireAction

from .courriels import envoyer_lien
from .droits import peut_desactiver, peut_gerer_comptes, peut_retirer_habilitation
from .models import Habilitation, Role, Utilisateur

logger = logging.getLogger(__name__)

CHAMPS_SUIVIS = ("courriel", "prenom", "nom", "fonction", "telephone", "is_active", "is_staff")
CHAMPS_HABILITATION = ("role", "structure", "territoire", "periode")


# -- accounts ------------------------------------------------------------------------------------


@transaction.atomic
def creer_utilisateur(*, courriel: str, nom: str, par: Any, racine: str, **champs: Any) -> Utilisateur:
    """Open an account without a password, and send the link that lets its owner choose one.

    Raises DroitInsuffisant, and RegleMetier when the address is already taken.
    """
    exiger(peut_gerer_comptes(par))
    utilisateur = Utilisateur(courriel=courriel.strip().lower(), nom=nom.strip(), **champs)
    utilisateur.set_unusable_password()
    enregistrer(utilisateur)
    journaliser(par=par, verbe="création", objet=utilisateur, apres=etat_de(utilisateur, CHAMPS_SUIVIS))
    demander_activation(utilisateur=utilisateur, par=par, racine=racine)
    return utilisateur


@transaction.atomic
def modifier_utilisateur(*, utilisateur: Utilisateur, valeurs: Mapping[str, Any], par: Any) -> Utilisateur:
    """Change identity and contact details. Raises DroitInsuffisant, and RegleMetier when the address is taken."""
    exiger(peut_gerer_comptes(par))
    avant = etat_de(Utilisateur.objects.get(pk=utilisateur.pk), CHAMPS_SUIVIS)
    for champ, valeur in valeurs.items():
        setattr(utilisateur, champ, valeur)
    utilisateur.courriel = utilisateur.courriel.strip().lower()
    enregistrer(utilisateur)
    journaliser(
        par=par, verbe="modification", objet=utilisateur, avant=avant, apres=etat_de(utilisateur, CHAMPS_SUIVIS)
    )
    return utilisateur


def _changer_activite(utilisateur: Utilisateur, *, actif: bool, par: Any, verbe: str) -> Utilisateur:
    avant = etat_de(utilisateur, ["is_active"])
    utilisateur.is_active = actif
    utilisateur.save(update_fields=["is_active"])
    journaliser(par=par, verbe=verbe, objet=utilisateur, avant=avant, apres=etat_de(utilisateur, ["is_active"]))
    return utilisateur


def _verrouiller_administrateurs() -> None:
    """Make two administrators who remove each other at the same moment wait for one another."""
    list(Habilitation.objects.select_for_update().filter(role=Role.ADMINISTRATEUR).order_by("pk"))


@transaction.atomic
def desactiver_utilisateur(*, utilisateur: Utilisateur, par: Any) -> Utilisateur:
    """Close the account: nobody logs in with it any more, what it wrote stays signed. Never deleted."""
    _verrouiller_administrateurs()
    exiger(peut_desactiver(par, utilisateur))
    return _changer_activite(utilisateur, actif=False, par=par, verbe="désactivation")


@transaction.atomic
def reactiver_utilisateur(*, utilisateur: Utilisateur, par: Any) -> Utilisateur:
    """Open the account again, with the habilitations still in force."""
    exiger(peut_gerer_comptes(par))
    return _changer_activite(utilisateur, actif=True, par=par, verbe="réactivation")


# -- habilitations -------------------------------------------------------------------------------


@transaction.atomic
def ajouter_habilitation(
    *,
    utilisateur: Utilisateur,
    role: str,
    par: Any,
    debut: datetime.date,
    fin: datetime.date | None = None,
    structure: Structure | None = None,
    territoire: TerritoireAction | None = None,
) -> Habilitation:
    """Give a role from `debut` to `fin` included (None: without end); None for structure or territory means all.

    Raises DroitInsuffisant, and RegleMetier when the same role overlaps, the period is empty, or the role
    demands a structure.
    """
    exiger(peut_gerer_comptes(par))
    if fin is not None and fin < debut:
        raise RegleMetier("La fin précède le début.", champ="fin")
    if role in {Role.PILOTE, Role.PRESTATAIRE, Role.PARTENAIRE} and structure is None:
        raise RegleMetier("Ce rôle s’exerce pour une structure : indiquez laquelle.", champ="structure")
    habilitation = Habilitation(
        utilisateur=utilisateur,
        role=role,
        structure=structure,
        territoire=territoire,
        periode=DateRange(debut, fin + datetime.timedelta(days=1) if fin else None),
    )
    enregistrer(habilitation)
    journaliser(
        par=par,
        verbe="habilitation",
        objet=utilisateur,
        apres=etat_de(habilitation, CHAMPS_HABILITATION),
    )
    return habilitation


@transaction.atomic
def retirer_habilitation(
    *, habilitation: Habilitation, par: Any, le: datetime.date | None = None
) -> Habilitation | None:
    """End the role on `le` (today by default), which is its first day without it; a role not yet begun disappears.

    Returns the shortened habilitation, None when it disappeared. Raises DroitInsuffisant (last administrator),
    and RegleMetier when it has already ended by that day.
    """
    le = le or timezone.localdate()
    _verrouiller_administrateurs()
    exiger(peut_retirer_habilitation(par, habilitation))
    avant = etat_de(habilitation, CHAMPS_HABILITATION)
    debut, fin = habilitation.periode.lower, habilitation.periode.upper
    if fin is not None and fin <= le:
        raise RegleMetier("Cette habilitation a déjà pris fin.")
    utilisateur = habilitation.utilisateur
    if debut is not None and debut >= le:
        habilitation.delete()
        journaliser(par=par, verbe="retrait d’habilitation", objet=utilisateur, avant=avant)
        return None
    habilitation.periode = DateRange(debut, le)
    habilitation.save(update_fields=["periode"])
    apres = etat_de(habilitation, CHAMPS_HABILITATION)
    journaliser(par=par, verbe="retrait d’habilitation", objet=utilisateur, avant=avant, apres=apres)
    return habilitation


# -- one's own account ---------------------------------------------------------------------------


@transaction.atomic
def changer_preferences(*, par: Utilisateur, valeurs: Mapping[str, Any]) -> Utilisateur:
    """Change one's display and notice preferences (not journalised: they concern nobody else)."""
    for champ, valeur in valeurs.items():
        setattr(par, champ, valeur)
    par.save(update_fields=list(valeurs))
    return par


@transaction.atomic
def definir_mot_de_passe(*, utilisateur: Utilisateur, mot_de_passe: str) -> Utilisateur:
    """Set one's password, end the other sessions and forget the failed attempts.

    Raises RegleMetier when it is too weak. The journal says that it changed, never what it is.
    """
    try:
        validate_password(mot_de_passe, utilisateur)
    except ValidationError as erreur:
        raise RegleMetier(" ".join(erreur.messages), champ="new_password2") from erreur
    utilisateur.set_password(mot_de_passe)
    utilisateur.save(update_fields=["password"])
    journaliser(par=utilisateur, verbe="changement de mot de passe", objet=utilisateur)
    oublier_essais(username=utilisateur.courriel)
    return utilisateur


# -- messages ------------------------------------------------------------------------------------


def _confier(tache: str, **arguments: Any) -> None:
    """Hand a message to a worker once the transaction is committed; without a broker, say so in the log."""

    def envoyer() -> None:
        try:
            # argsrepr: an address must not be shown by the tools that watch the queue.
            current_app.send_task(tache, kwargs=arguments, argsrepr="()", kwargsrepr="{…}", retry=False)
        except (KombuError, OperationalError, OSError) as erreur:
            logger.warning("Message %s non confié : %s", tache, type(erreur).__name__)

    transaction.on_commit(envoyer)


@transaction.atomic
def demander_activation(*, utilisateur: Utilisateur, par: Any, racine: str) -> None:
    """Send (again) the link that lets the owner choose a password. Raises DroitInsuffisant, RegleMetier."""
    exiger(peut_gerer_comptes(par))
    if not utilisateur.is_active:
        raise RegleMetier("Ce compte est désactivé : réactivez-le avant d’envoyer un lien.")
    _confier("comptes.envoyer_lien_activation", utilisateur_id=utilisateur.pk, racine=racine)


def demander_mot_de_passe(*, courriel: str, racine: str) -> None:
    """Ask for a link. The same work is done, in the same time, whether an account has this address or not."""
    _confier("comptes.envoyer_lien_reinitialisation", courriel=courriel.strip().lower(), racine=racine)


def repondre_mot_de_passe_oublie(*, courriel: str, racine: str) -> bool:
    """Send the link when an active account has this address. Return whether one had."""
    utilisateur = Utilisateur.objects.filter(courriel=courriel, is_active=True).first()
    if utilisateur is None:
        return False
    envoyer_lien(utilisateur=utilisateur, racine=racine, modele="reinitialisation")
    return True


def envoyer_activation(*, utilisateur_id: int, racine: str) -> bool:
    """Send the link of a new account. Return whether the account is there and active."""
    utilisateur = Utilisateur.objects.filter(pk=utilisateur_id, is_active=True).first()
    if utilisateur is None:
        return False
    envoyer_lien(utilisateur=utilisateur, racine=racine, modele="activation")
    return True


# -- how long ------------------------------------------------------------------------------------


def purger_connexions() -> None:
    """Forget the sessions that are over, and who logged in or tried to before CONSERVATION_CONNEXIONS_JOURS."""
    SessionStore.clear_expired()
    jours = settings.CONSERVATION_CONNEXIONS_JOURS
    AxesProxyHandler.reset_logs(age_days=jours)
    AccessAttempt.objects.filter(attempt_time__lt=timezone.now() - datetime.timedelta(days=jours)).delete()
