"""Who orients, asks for a change, decides it; who governs rules and capacities. See docs/droits.md."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from parcours.models import DemandeReorientation, EtatDemande, JeuRegles, Orientation, Personne
from parcours.querysets import ROLES_SUIVI
from parcours.regles.reorientation import DECIDEUR, DEMANDEUR
from pdi.comptes.models import ROLES_DEPARTEMENT, Role
from pdi.socle.droits import OUI, Verdict, non, pas_maintenant
from pdi.socle.querysets import ROLES_GESTION
from pdi.structures.models import Structure

from .personnes import HORS_PORTEE, lire_avec_acces, peut_suivre

# The président du conseil départemental orients (CASF L262-29): by delegation, these two roles.
ORIENTENT = (Role.ENCADRANT, Role.AGENT_ORIENTATION)
SIMULENT = (*ROLES_GESTION, Role.ENCADRANT)
ORIENTER_RESERVE = (
    "L’orientation est décidée par les agents d’orientation et les encadrants dont relève la personne. "
    "Un référent demande une réorientation."
)


def _portee(utilisateur: Any, personne: Personne) -> Verdict:
    lue = personne if hasattr(personne, "a_portee") else lire_avec_acces(utilisateur, personne.pk)
    if lue is None:
        return non(HORS_PORTEE)
    return OUI if lue.a_portee else non(ORIENTER_RESERVE)


def peut_orienter(utilisateur: Any, personne: Personne) -> Verdict:
    """Decide an orientation: an orientation agent or an encadrant, for the people in scope.

    `personne` may come from `lire_avec_acces`; otherwise it is read again (one query).
    """
    if not utilisateur.is_authenticated or not utilisateur.a_role(*ORIENTENT):
        return non(ORIENTER_RESERVE)
    return _portee(utilisateur, personne)


def peut_corriger_orientation(utilisateur: Any, orientation: Orientation, personne: Personne) -> Verdict:
    """Correct or withdraw a decision taken by mistake: whoever may orient, while nothing else rests on it."""
    verdict = peut_orienter(utilisateur, personne)
    if not verdict:
        return verdict
    return pas_maintenant(faute) if (faute := _figee(orientation)) else OUI


def _figee(orientation: Orientation) -> str:
    """Return why the decision can no longer be corrected, empty when it can. Two queries at most."""
    fin = orientation.periode.upper
    if fin is not None and fin <= timezone.localdate():
        return "Cette orientation a pris fin : elle ne se corrige plus."
    if orientation.contrats.exists():
        return "Un contrat s’appuie sur cette orientation : elle ne se corrige plus. Décidez-en une nouvelle."
    return ""


def peut_notifier_orientation(utilisateur: Any, orientation: Orientation, personne: Personne) -> Verdict:
    """Record the day the person was told: the clock of the contract starts there."""
    verdict = peut_suivre(utilisateur, personne)
    if verdict and orientation.notifiee_le is not None:
        return pas_maintenant("La notification de cette orientation est déjà enregistrée.")
    return verdict


def peut_lister_reorientations(utilisateur: Any) -> Verdict:
    """Read the requests at all."""
    if utilisateur.is_authenticated and utilisateur.a_role(*ROLES_SUIVI):
        return OUI
    return non("Les demandes de réorientation se lisent par les agents qui suivent ou orientent les personnes.")


def peut_demander_reorientation(utilisateur: Any, personne: Personne) -> Verdict:
    """Ask for another orientation: whoever follows or supervises this path."""
    return peut_suivre(utilisateur, personne)


def peut_decider_reorientation(utilisateur: Any, demande: DemandeReorientation, personne: Personne) -> Verdict:
    """Accept or refuse a request that waits: whoever may orient the person."""
    verdict = peut_orienter(utilisateur, personne)
    if verdict and demande.etat != EtatDemande.EN_ATTENTE:
        return pas_maintenant(f"Cette demande est déjà «\u00a0{demande.get_etat_display().lower()}\u00a0».")
    return verdict


def acteurs_de_la_demande(utilisateur: Any, demande: DemandeReorientation, personne: Personne) -> frozenset[str]:
    """Return which actors of the machine of requests the user is."""
    acteurs = set()
    if demande.demandee_par_id == utilisateur.pk and peut_suivre(utilisateur, personne):
        acteurs.add(DEMANDEUR)
    if peut_orienter(utilisateur, personne):
        acteurs.add(DECIDEUR)
    return frozenset(acteurs)


def peut_retirer_demande(utilisateur: Any, demande: DemandeReorientation, personne: Personne) -> Verdict:
    """Withdraw a request that waits: who made it, or who may decide it."""
    if not acteurs_de_la_demande(utilisateur, demande, personne):
        return non("Une demande se retire par la personne qui l’a faite ou par celles qui peuvent la décider.")
    if demande.etat != EtatDemande.EN_ATTENTE:
        return pas_maintenant(f"Cette demande est déjà «\u00a0{demande.get_etat_display().lower()}\u00a0».")
    return OUI


# -- rules ---------------------------------------------------------------------------------------


def peut_lire_regles(utilisateur: Any) -> Verdict:
    """Read the rule sets: the département's staff. A rule that proposes is not secret."""
    if utilisateur.is_authenticated and utilisateur.a_role(*ROLES_DEPARTEMENT):
        return OUI
    return non("Les règles d’orientation se lisent au Département.")


def peut_simuler_regles(utilisateur: Any) -> Verdict:
    """Read a rule set over past diagnoses: administration, programme managers, encadrants."""
    if utilisateur.is_authenticated and utilisateur.a_role(*SIMULENT):
        return OUI
    return non("Les administrateurs, les chargés de programme et les encadrants simulent un jeu de règles.")


def peut_ouvrir_cas(utilisateur: Any) -> Verdict:
    """Open the cases of a simulation: those of the people one may find."""
    verdict = peut_simuler_regles(utilisateur)
    if verdict and not utilisateur.a_role(Role.ADMINISTRATEUR, Role.ENCADRANT):
        return non("Votre habilitation ouvre les chiffres de la simulation, pas les personnes.")
    return verdict


def peut_gerer_regles(utilisateur: Any) -> Verdict:
    """Prepare a version and put it in force: administration and programme managers, for the whole département."""
    if utilisateur.is_authenticated and utilisateur.a_role(*ROLES_GESTION):
        return OUI
    return non("Un jeu de règles vaut pour tout le Département : administrateurs et chargés de programme l’appliquent.")


def peut_appliquer_jeu(utilisateur: Any, jeu: JeuRegles) -> Verdict:
    """Put in force a version that never was."""
    verdict = peut_gerer_regles(utilisateur)
    if verdict and jeu.applique_des is not None:
        return pas_maintenant("Cette version a déjà une date d’application. Préparez la version suivante.")
    return verdict


# -- capacities ------------------------------------------------------------------------------------


def peut_lire_capacites(utilisateur: Any) -> Verdict:
    """Read the places taken and left: whoever orients or follows."""
    if utilisateur.is_authenticated and utilisateur.a_role(*ROLES_SUIVI, Role.CHARGE_PROGRAMME):
        return OUI
    return non("Les capacités d’accueil se lisent par les agents qui orientent et suivent les personnes.")


def peut_fixer_capacites(utilisateur: Any) -> Verdict:
    """Set capacities at all: administration, encadrants."""
    if utilisateur.is_authenticated and utilisateur.a_role(Role.ADMINISTRATEUR, Role.ENCADRANT):
        return OUI
    return non("Les encadrants et les administrateurs fixent les capacités d’accueil.")


def peut_fixer_capacite(utilisateur: Any, structure: Structure) -> Verdict:
    """Set the places of `structure`: an administrator; an encadrant of that structure, or of none in particular."""
    verdict = peut_fixer_capacites(utilisateur)
    if not verdict or utilisateur.a_role(Role.ADMINISTRATEUR):
        return verdict
    siennes = [h.structure_id for h in utilisateur.habilitations_actives if h.role == Role.ENCADRANT]
    if None in siennes or {structure.pk, structure.parent_id} & set(siennes):
        return OUI
    return non("Vous fixez les places de votre structure et de ses services, pas celles des autres.")
