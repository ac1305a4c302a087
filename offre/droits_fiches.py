"""Verdicts of sheets: who writes, reviews, publishes, proposes. What one sees is in querysets.py."""

from __future__ import annotations

from typing import Any

from offre.models import EtatOffre, EtatProposition, OffreInsertion, PropositionOffre
from offre.querysets import ROLES_LECTURE_OFFRE, ROLES_OFFRE
from offre.regles.fiches import AUTOMATE_OFFRE, AUTOMATE_PROPOSITION, OPERATEUR, SERVICE
from pdi.comptes.models import Role
from pdi.socle.droits import OUI, Verdict, non, pas_maintenant

RESERVE_FICHE = "Une fiche est tenue par les opérateurs de l’offre et par le service du programme."
ARCHIVEE = "Cette fiche est archivée : reprenez-la de l’archive avant de la modifier."


def est_du_service(utilisateur: Any) -> bool:
    """Return whether the user writes, reviews and publishes every sheet."""
    return bool(utilisateur.is_authenticated and utilisateur.a_role(*ROLES_OFFRE))


def acteurs_de_fiche(utilisateur: Any, offre: OffreInsertion) -> set[str]:
    """Return the codes of the actors the user is on a sheet (one query for an operator, none when prefetched)."""
    if not utilisateur.is_authenticated:
        return set()
    acteurs = {SERVICE} if est_du_service(utilisateur) else set()
    siennes = utilisateur.structures_du_role(Role.PRESTATAIRE)
    if siennes and siennes & {s.pk for s in offre.operateurs.all()}:
        acteurs.add(OPERATEUR)
    return acteurs


def peut_creer_offre(utilisateur: Any) -> Verdict:
    """Write a new sheet: the service; an operator for its own structure."""
    if est_du_service(utilisateur) or (
        utilisateur.is_authenticated and utilisateur.structures_du_role(Role.PRESTATAIRE)
    ):
        return OUI
    return non(RESERVE_FICHE)


def peut_tenir_fiche(utilisateur: Any, offre: OffreInsertion) -> Verdict:
    """Keep a sheet up to date: change it, propose to change it, say that it is right, read its history."""
    return OUI if acteurs_de_fiche(utilisateur, offre) else non(RESERVE_FICHE)


def peut_modifier_offre(utilisateur: Any, offre: OffreInsertion) -> Verdict:
    """Write the form of a sheet: at once for the service and for a draft, else as a proposal.

    What waits for review does not move under its reader: it is taken back first.
    """
    acteurs = acteurs_de_fiche(utilisateur, offre)
    if not acteurs:
        return non(RESERVE_FICHE)
    if offre.etat == EtatOffre.ARCHIVEE:
        return pas_maintenant(ARCHIVEE)
    if offre.etat == EtatOffre.EN_RELECTURE and SERVICE not in acteurs:
        return pas_maintenant("Cette fiche est en relecture : reprenez-la avant de la modifier.")
    return OUI


def modifie_directement(utilisateur: Any, offre: OffreInsertion) -> bool:
    """Return whether what the user writes goes to the sheet itself, not to a proposal."""
    return est_du_service(utilisateur) or offre.etat == EtatOffre.BROUILLON


def peut_changer_offre(utilisateur: Any, offre: OffreInsertion, verbe: str) -> Verdict:
    """Judge a change of state of a sheet, the comment aside."""
    acteurs = acteurs_de_fiche(utilisateur, offre)
    return (
        AUTOMATE_OFFRE.verdict(verbe, de=offre.etat, acteurs=acteurs, commentaire="…")
        if acteurs
        else non(RESERVE_FICHE)
    )


def peut_changer_proposition(utilisateur: Any, proposition: PropositionOffre, verbe: str) -> Verdict:
    """Judge a change of state of a proposal, the comment aside."""
    acteurs = acteurs_de_fiche(utilisateur, proposition.offre)
    if not acteurs:
        return non(RESERVE_FICHE)
    return AUTOMATE_PROPOSITION.verdict(verbe, de=proposition.etat, acteurs=acteurs, commentaire="…")


def peut_tenir_des_fiches(utilisateur: Any) -> Verdict:
    """Open the list of the sheets one keeps."""
    return peut_creer_offre(utilisateur)


def voit_cout(utilisateur: Any, offre: OffreInsertion) -> bool:
    """Tell whether the cost of a place is shown: to those who steer, and to the operator of the sheet."""
    if not utilisateur.is_authenticated:
        return False
    return bool(utilisateur.a_role(*ROLES_LECTURE_OFFRE) or acteurs_de_fiche(utilisateur, offre))


def reste_a_faire(proposition: PropositionOffre) -> bool:
    """Return whether the operator may still write it."""
    return proposition.etat in (EtatProposition.REDACTION, EtatProposition.A_CORRIGER)
