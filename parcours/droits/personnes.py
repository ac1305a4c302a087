"""Who finds, opens and writes about a person."""

from __future__ import annotations

import enum
from typing import Any

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, Value, When

from parcours.models import Personne
from parcours.portees import portee, suit_ou_a_suivi
from parcours.querysets import ROLES_PERSONNES, PersonneQuerySet, prescriptions_adressees
from pdi.comptes.models import Role
from pdi.socle.droits import OUI, Verdict, non

# Who writes a person's identity: those who instruct and follow, never a prestataire.
ROLES_IDENTITE = (Role.ADMINISTRATEUR, Role.ENCADRANT, Role.REFERENT, Role.AGENT_ORIENTATION)


def peut_enregistrer_nir(utilisateur: Any, personne: Personne) -> Verdict:
    """Write a social security number: instruction and follow-up, for someone the user may find."""
    if not utilisateur.is_authenticated or not utilisateur.a_role(*ROLES_IDENTITE):
        return non("Le numéro de sécurité sociale est saisi par les agents qui instruisent ou suivent le dossier.")
    if not Personne.objects.visibles_par(utilisateur).filter(pk=personne.pk).exists():
        return non("Cette personne n’est ni dans votre portefeuille, ni dans votre structure, ni sur votre territoire.")
    return OUI


class Acces(enum.Enum):
    """How a person's page opens for a user."""

    LIBRE = "libre"  # own portfolio, or one's scope
    MOTIVE = "motive"  # « accès exceptionnel »: a motive first, and it is kept
    REDUIT = "reduit"  # a prestataire: what the prescription says, no more
    REFUSE = "refuse"


SANS_NOMINATIF = "Votre habilitation donne accès aux chiffres, pas aux données nominatives."
HORS_PORTEE = "Cette personne n’est ni dans votre portefeuille, ni dans votre structure, ni sur votre territoire."
LECTURE_SEULE = "Seuls son référent et les agents dont elle relève écrivent dans le parcours de cette personne."
MOTIF_EXIGE = "Cette personne n’est pas dans votre portefeuille : dites pourquoi vous ouvrez son dossier."
MOTIF_MIN = 10  # characters: « voir » is not a reason


def _oui_si(condition: Any) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def avec_acces(personnes: PersonneQuerySet, utilisateur: Any) -> PersonneQuerySet:
    """Annotate the visible people with what `acces` reads: `a_suivre`, `a_portee`, `a_recevoir`. One query."""
    suit, portee_libre, recoit = Q(pk__in=[]), Q(pk__in=[]), Q(pk__in=[])
    if utilisateur.a_role(Role.REFERENT):
        suit = suit_ou_a_suivi(utilisateur)
    condition = portee(utilisateur, Role.ENCADRANT, Role.AGENT_ORIENTATION)
    if condition is not None:
        portee_libre = condition
    structures = utilisateur.structures_du_role(Role.PRESTATAIRE)
    if structures:
        recoit = Q(Exists(prescriptions_adressees(structures).filter(personne=OuterRef("pk"))))
    return personnes.annotate(a_suivre=_oui_si(suit), a_portee=_oui_si(portee_libre), a_recevoir=_oui_si(recoit))


def acces(utilisateur: Any, personne: Any) -> Acces:
    """Return how the page of `personne`, read through `avec_acces(visibles_par)`, opens for the user."""
    if personne.a_suivre or personne.a_portee:
        return Acces.LIBRE
    if utilisateur.a_role(Role.ADMINISTRATEUR):
        return Acces.MOTIVE
    if personne.a_recevoir:
        return Acces.REDUIT
    return Acces.MOTIVE if utilisateur.a_role(Role.REFERENT) else Acces.REFUSE


def peut_lister_personnes(utilisateur: Any) -> Verdict:
    """Read lists of people at all."""
    if utilisateur.is_authenticated and utilisateur.a_role(*ROLES_PERSONNES):
        return OUI
    return non(SANS_NOMINATIF)


def peut_exporter_personnes(utilisateur: Any) -> Verdict:
    """Take a list of people away: those who follow or supervise, never a prestataire."""
    if utilisateur.is_authenticated and utilisateur.a_role(*ROLES_IDENTITE):
        return OUI
    return non("L’export des listes de personnes est réservé aux agents du Département qui les suivent.")


def lire_avec_acces(utilisateur: Any, pk: int) -> Any:
    """Return the person as `acces` and `voit_sante` read it, None outside what the user may find. One query."""
    return avec_acces(Personne.objects.visibles_par(utilisateur), utilisateur).filter(pk=pk).first()


def peut_suivre(utilisateur: Any, personne: Personne) -> Verdict:
    """Write in a path (diagnosis, interview, contract, prescription, aid, exit): those who follow or supervise it.

    One's portfolio, or the scope of an encadrant or an orientation agent. An « accès exceptionnel » reads only.
    `personne` may come from `lire_avec_acces`; otherwise it is read again (one query).
    """
    verdict = peut_lister_personnes(utilisateur)
    if not verdict:
        return verdict
    lue = personne if hasattr(personne, "a_suivre") else lire_avec_acces(utilisateur, personne.pk)
    if lue is None:
        return non(HORS_PORTEE)
    return OUI if acces(utilisateur, lue) is Acces.LIBRE else non(LECTURE_SEULE)


def peut_ouvrir_personne(utilisateur: Any, personne: Personne, motif: str = "") -> Verdict:
    """Open a person's page: freely for one's own people, with a motive for the others one may find.

    Own people: the portfolio of a référent, the scope (structure, territory) of an encadrant or an orientation
    agent, the people addressed to a prestataire. A motive of fewer than ten characters is none.
    """
    verdict = peut_lister_personnes(utilisateur)
    if not verdict:
        return verdict
    lue = lire_avec_acces(utilisateur, personne.pk)
    trouve = Acces.REFUSE if lue is None else acces(utilisateur, lue)
    if trouve is Acces.REFUSE:
        return non(HORS_PORTEE)
    if trouve is Acces.MOTIVE and len(motif.strip()) < MOTIF_MIN:
        return non(MOTIF_EXIGE)
    return OUI


def voit_sante(utilisateur: Any, personne: Any) -> bool:
    """Return whether the restricted themes (health, handicap) of `personne`, read by `avec_acces`, are shown.

    To her référent and to the orientation agents of her territory, who hold the diagnosis; to nobody else.
    """
    return bool(personne.a_suivre or (personne.a_portee and utilisateur.a_role(Role.AGENT_ORIENTATION)))


def voit_consultations(utilisateur: Any, personne: Any) -> bool:
    """Return whether the user sees who opened this page: an encadrant for the people in scope, an administrator."""
    return utilisateur.a_role(Role.ADMINISTRATEUR) or bool(personne.a_portee and utilisateur.a_role(Role.ENCADRANT))
