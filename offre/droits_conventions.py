"""Verdicts of conventions, statements of operators and realisations. What one sees is in querysets.py."""

from __future__ import annotations

from typing import Any

from offre.models import BilanOperateur, Convention, EtatConvention, Realisation
from offre.querysets import ROLES_LECTURE_OFFRE, ROLES_OFFRE, ROLES_OPERATEURS, structures_operatrices
from offre.regles import bilans as regles_bilans
from offre.regles import conventions as regles
from offre.regles.bilans import A_ECRIRE, AUTOMATE_BILAN_OPERATEUR
from offre.regles.conventions import AUTOMATE_CONVENTION
from pdi.comptes.models import Role
from pdi.socle.droits import OUI, Verdict, non, pas_maintenant

LECTEURS_CONVENTIONS = (*ROLES_LECTURE_OFFRE, *ROLES_OPERATEURS)
RESERVE_SERVICE = "Les conventions sont tenues par les chargés de programme et les administrateurs."
RESERVE_BILAN = "Ce bilan est écrit par l’opérateur de la convention, ou par le service à sa place."
RESERVE_REALISATION = "Une réalisation est saisie par sa structure, par un pilote ou par le service du programme."


def est_du_service(utilisateur: Any) -> bool:
    """Return whether the user steers the offer."""
    return bool(utilisateur.is_authenticated and utilisateur.a_role(*ROLES_OFFRE))


def peut_lire_conventions(utilisateur: Any) -> Verdict:
    """Open the list of conventions; what one sees there is a queryset."""
    if utilisateur.is_authenticated and utilisateur.a_role(*LECTEURS_CONVENTIONS):
        return OUI
    return non("Les conventions se lisent par le service, la direction, l’encadrement et les opérateurs concernés.")


def peut_tenir_conventions(utilisateur: Any) -> Verdict:
    """Write conventions, open and follow campaigns of statements."""
    return OUI if est_du_service(utilisateur) else non(RESERVE_SERVICE)


def voit_petits_chiffres(utilisateur: Any, convention: Convention) -> bool:
    """Return whether figures about fewer than five people are shown.

    To who manages the convention, to its operator, and to the managers of the whole département: the people are theirs.
    """
    if est_du_service(utilisateur) or convention.operateur_id in structures_operatrices(utilisateur):
        return True
    return _encadre_tout(utilisateur)


def _encadre_tout(utilisateur: Any) -> bool:
    """Return whether the user manages the whole département."""
    return any(
        h.role == Role.ENCADRANT and h.structure_id is None and h.territoire_id is None
        for h in utilisateur.habilitations_actives
    )


def acteurs_de_convention(utilisateur: Any) -> set[str]:
    """Return the codes of the actors the user is on a convention."""
    return {regles.SERVICE} if est_du_service(utilisateur) else set()


def peut_changer_convention(utilisateur: Any, convention: Convention, verbe: str) -> Verdict:
    """Sign or cancel a convention; `verbe` is the one of its state machine. The comment is asked later."""
    if not est_du_service(utilisateur):
        return non(RESERVE_SERVICE)
    verdict = AUTOMATE_CONVENTION.verdict(
        verbe, de=convention.etat, acteurs=acteurs_de_convention(utilisateur), commentaire="?"
    )
    return verdict or pas_maintenant(verdict.motif)


def peut_modifier_convention(utilisateur: Any, convention: Convention) -> Verdict:
    """Change what a draft convention says. Once signed, it changes by an avenant."""
    if not est_du_service(utilisateur):
        return non(RESERVE_SERVICE)
    if convention.etat == EtatConvention.PROJET:
        return OUI
    return pas_maintenant("La convention est signée : elle ne change plus que par avenant.")


def peut_amender_convention(utilisateur: Any, convention: Convention) -> Verdict:
    """Write an avenant, or what was mandated and paid."""
    if not est_du_service(utilisateur):
        return non(RESERVE_SERVICE)
    if convention.etat == EtatConvention.SIGNEE:
        return OUI
    return pas_maintenant(f"La convention est « {convention.get_etat_display().lower()} » : elle n’a pas d’avenant.")


def peut_suivre_paiements(utilisateur: Any, convention: Convention) -> Verdict:
    """Write what was mandated and paid, until long after the end."""
    if not est_du_service(utilisateur):
        return non(RESERVE_SERVICE)
    if convention.etat != EtatConvention.PROJET:
        return OUI
    return pas_maintenant("La convention n’est pas signée : rien n’est encore mandaté.")


# -- statements ------------------------------------------------------------------------------------


def acteurs_du_bilan(utilisateur: Any, bilan: BilanOperateur) -> set[str]:
    """Return the codes of the actors the user is on a statement."""
    acteurs = {regles_bilans.SERVICE} if est_du_service(utilisateur) else set()
    if bilan.convention.operateur_id in structures_operatrices(utilisateur):
        acteurs.add(regles_bilans.OPERATEUR)
    return acteurs


def peut_ecrire_bilan(utilisateur: Any, bilan: BilanOperateur) -> Verdict:
    """Write a statement that waits for it."""
    if not acteurs_du_bilan(utilisateur, bilan):
        return non(RESERVE_BILAN)
    if bilan.campagne.close_le is not None:
        return pas_maintenant("La campagne est close : ce bilan ne change plus.")
    if bilan.etat in A_ECRIRE:
        return OUI
    return pas_maintenant(f"Ce bilan est « {bilan.get_etat_display().lower()} » : ses chiffres sont gelés.")


def peut_decider_bilan(utilisateur: Any, bilan: BilanOperateur) -> Verdict:
    """Send a statement back, or validate it."""
    if not est_du_service(utilisateur):
        return non("Les bilans d’opérateurs sont relus par les chargés de programme et les administrateurs.")
    verdict = AUTOMATE_BILAN_OPERATEUR.verdict(
        "valider_bilan_operateur", de=bilan.etat, acteurs=acteurs_du_bilan(utilisateur, bilan)
    )
    return verdict or pas_maintenant(verdict.motif)


# -- realisations ----------------------------------------------------------------------------------


def peut_lire_realisations(utilisateur: Any) -> Verdict:
    """Open the list of realisations."""
    if utilisateur.is_authenticated and utilisateur.a_role(*LECTEURS_CONVENTIONS):
        return OUI
    return non("Les réalisations se lisent par le service, la direction, l’encadrement et les structures concernées.")


def structures_sans_masque(utilisateur: Any) -> list[int] | None:
    """Return the structures whose measures about fewer than five people are shown to the user; None: every structure.

    To who enters the realisations of all, and to the managers of the whole département. Others read figures alone.
    """
    return None if _encadre_tout(utilisateur) else structures_saisissables(utilisateur)


def structures_saisissables(utilisateur: Any) -> list[int] | None:
    """Return the structures the user may enter realisations for; None: every structure."""
    if utilisateur.a_role(*ROLES_OFFRE, Role.PILOTE):
        return None
    return structures_operatrices(utilisateur)


def peut_saisir_realisations(utilisateur: Any) -> Verdict:
    """Enter a realisation, for some structure at least."""
    if not utilisateur.is_authenticated:
        return non(RESERVE_REALISATION)
    structures = structures_saisissables(utilisateur)
    return OUI if structures is None or structures else non(RESERVE_REALISATION)


def peut_modifier_realisation(utilisateur: Any, realisation: Realisation) -> Verdict:
    """Change or remove a realisation."""
    structures = structures_saisissables(utilisateur) if utilisateur.is_authenticated else []
    return OUI if structures is None or realisation.structure_id in structures else non(RESERVE_REALISATION)
