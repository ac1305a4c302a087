"""Who records an exit, undoes it, follows it up."""

from __future__ import annotations

from typing import Any

from parcours.models import NatureSortie, Prescription, Sortie
from pdi.comptes.models import Role
from pdi.socle.droits import OUI, Verdict, non, pas_maintenant

from .personnes import peut_suivre

SANS_ENTREE = "Cette personne n’est pas entrée dans l’action : il n’y a pas de sortie à constater."
DEJA_SORTIE = "La sortie de cette action est déjà constatée."
PAS_LE_SIEN = "La sortie d’une action se constate par son opérateur ou par ceux qui suivent la personne."
ANNULER = "Une sortie s’annule par ceux qui suivent la personne."
ETATS_ENTRES = ("en_action", "achevee", "abandonnee")


def _opere(utilisateur: Any, prescription: Prescription) -> bool:
    return prescription.transmise_le is not None and prescription.operateur_id in utilisateur.structures_du_role(
        Role.PRESTATAIRE
    )


def peut_suivre_action(utilisateur: Any, prescription: Prescription) -> Verdict:
    """Write about an action: its operator, or those who follow the person."""
    if utilisateur.is_authenticated and _opere(utilisateur, prescription):
        return OUI
    return OUI if peut_suivre(utilisateur, prescription.personne) else non(PAS_LE_SIEN)


def peut_sortir_de_l_action(utilisateur: Any, prescription: Prescription) -> Verdict:
    """Record the exit of an action the person entered, once."""
    verdict = peut_suivre_action(utilisateur, prescription)
    if not verdict:
        return verdict
    if prescription.entree_le is None or prescription.etat not in ETATS_ENTRES:
        return pas_maintenant(SANS_ENTREE)
    return pas_maintenant(DEJA_SORTIE) if hasattr(prescription, "sortie") else OUI


def peut_lire_sortie(utilisateur: Any, sortie: Sortie) -> Verdict:
    """Open the page of an exit: those who may write in the path, or the operator of the action."""
    if sortie.nature == NatureSortie.ACTION and sortie.prescription is not None:
        return peut_suivre_action(utilisateur, sortie.prescription)
    return peut_suivre(utilisateur, sortie.personne)


def peut_annuler_sortie(utilisateur: Any, sortie: Sortie) -> Verdict:
    """Undo an exit entered by mistake."""
    return OUI if peut_suivre(utilisateur, sortie.personne) else non(ANNULER)


def peut_noter_suivi(utilisateur: Any, sortie: Sortie) -> Verdict:
    """Enter a follow-up: those who follow the person, or ended her accompaniment."""
    return peut_suivre(utilisateur, sortie.personne)
