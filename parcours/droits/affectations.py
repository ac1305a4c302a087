"""Who appoints référents, reads portfolios, acts on many people at once."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from parcours.models import AffectationReferent, Personne
from parcours.portees import portee
from parcours.querysets import PersonneQuerySet
from pdi.comptes.models import Habilitation, Role, Utilisateur
from pdi.comptes.querysets import UtilisateurQuerySet
from pdi.socle.droits import OUI, Verdict, non

from .personnes import HORS_PORTEE

DESIGNER_RESERVE = "Les référents sont désignés par l’encadrant de la structure ou du territoire de la personne."
PORTEFEUILLES_RESERVES = "Les portefeuilles se lisent par les encadrants et les administrateurs."
LOTS_RESERVES = "Les actions groupées sont réservées aux agents qui suivent, orientent ou encadrent les personnes."
ROLES_LOTS = (Role.ENCADRANT, Role.AGENT_ORIENTATION, Role.REFERENT)


def encadrees(utilisateur: Any) -> PersonneQuerySet:
    """Return the people in the scope of the user as encadrant: those whose référent he appoints."""
    condition = portee(utilisateur, Role.ENCADRANT) if utilisateur.is_authenticated else None
    return Personne.objects.none() if condition is None else Personne.objects.filter(condition)


def peut_designer_referent(utilisateur: Any, personne: Any) -> Verdict:
    """Appoint, replace or end the référent of `personne`: an encadrant, in scope.

    A person read by `avec_acces` costs no query.
    """
    if not utilisateur.is_authenticated or not utilisateur.a_role(Role.ENCADRANT):
        return non(DESIGNER_RESERVE)
    lue = getattr(personne, "a_portee", None)
    dedans = bool(lue) if lue is not None else encadrees(utilisateur).filter(pk=personne.pk).exists()
    return OUI if dedans else non(HORS_PORTEE)


def peut_lire_portefeuilles(utilisateur: Any) -> Verdict:
    """Read who follows how many people."""
    if utilisateur.is_authenticated and utilisateur.a_role(Role.ENCADRANT, Role.ADMINISTRATEUR):
        return OUI
    return non(PORTEFEUILLES_RESERVES)


def peut_transferer(utilisateur: Any) -> Verdict:
    """Move people from a référent to another, set the capacity of a référent: encadrants."""
    if utilisateur.is_authenticated and utilisateur.a_role(Role.ENCADRANT):
        return OUI
    return non(DESIGNER_RESERVE)


def peut_agir_en_lot(utilisateur: Any) -> Verdict:
    """Act on many people at once; each act has its own verdict as well."""
    if utilisateur.is_authenticated and utilisateur.a_role(*ROLES_LOTS):
        return OUI
    return non(LOTS_RESERVES)


def referents_designables(utilisateur: Any) -> UtilisateurQuerySet:
    """Return the accounts that the encadrant may appoint: référents today, of his structures when he has only those.

    An encadrant of a territory, or of the whole département, appoints any référent: people move.
    """
    siennes = [h for h in utilisateur.habilitations_actives if h.role == Role.ENCADRANT]
    tenues = Habilitation.objects.au(timezone.localdate()).filter(utilisateur=OuterRef("pk"), role=Role.REFERENT)
    if siennes and all(h.structure_id and not h.territoire_id for h in siennes):
        structures = [h.structure_id for h in siennes]
        tenues = tenues.filter(Q(structure__in=structures) | Q(structure__parent__in=structures))
    return Utilisateur.objects.filter(Exists(tenues), is_active=True).order_by("nom", "prenom", "pk")


def portefeuilles_visibles(utilisateur: Any) -> UtilisateurQuerySet:
    """Return the accounts whose portfolio the user may open: those he may appoint, and those who follow his people."""
    suivis = AffectationReferent.objects.filter(referent=OuterRef("pk"), periode__contains=timezone.localdate())
    if utilisateur.a_role(Role.ADMINISTRATEUR):
        connus = Habilitation.objects.au(timezone.localdate()).filter(utilisateur=OuterRef("pk"), role=Role.REFERENT)
        return Utilisateur.objects.filter(Q(Exists(suivis)) | Q(Exists(connus)))
    siens = suivis.filter(personne__in=encadrees(utilisateur))
    designables = referents_designables(utilisateur).order_by()
    return Utilisateur.objects.filter(Q(Exists(siens)) | Q(pk__in=designables.values("pk")))
