"""Who proposes a change to a fiche, who gathers them in an avenant."""

from __future__ import annotations

from typing import Any

from actions.droits import est_pilote, peut_modifier_programme
from actions.models import FicheAction, Programme
from actions.querysets import ROLES_GESTION
from gouvernance.models import Avenant, EtatAvenant, EtatModification, ModificationFiche
from gouvernance.regles.avenants import AUTEUR, GESTION
from pdi.socle.droits import OUI, Verdict, non, pas_maintenant


def peut_proposer_modification(utilisateur: Any, fiche: FicheAction) -> Verdict:
    """Propose a change: the pilotes of the fiche and the managers."""
    if fiche.programme.reference:
        return non("Ce programme d’un autre département sert de référence : il se lit, il ne se modifie pas.")
    if utilisateur.is_authenticated and (utilisateur.a_role(*ROLES_GESTION) or est_pilote(utilisateur, fiche)):
        return OUI
    return non("Seuls les pilotes de la fiche et les chargés de programme proposent de la modifier.")


def peut_proposer_fiche(utilisateur: Any, programme: Programme) -> Verdict:
    """Propose a new fiche: the managers, and who pilots a fiche of the programme."""
    if peut_modifier_programme(utilisateur, programme):
        return OUI
    if programme.reference:
        return non("Ce programme d’un autre département sert de référence : il se lit, il ne se modifie pas.")
    if FicheAction.objects.pilotees_par(utilisateur).filter(programme=programme).exists():
        return OUI
    return non("Seuls les pilotes du programme et les chargés de programme proposent une nouvelle fiche.")


def peut_preparer_avenant(utilisateur: Any, programme: Programme) -> Verdict:
    """Create an avenant of a programme."""
    return peut_modifier_programme(utilisateur, programme)


def peut_modifier_avenant(utilisateur: Any, avenant: Avenant) -> Verdict:
    """Change an avenant, put modifications in it or take them out."""
    verdict = peut_preparer_avenant(utilisateur, avenant.programme)
    if verdict and avenant.etat != EtatAvenant.PREPARATION:
        return pas_maintenant("Cet avenant n’est plus en préparation : il ne se modifie plus.")
    return verdict


def acteurs_de_modification(utilisateur: Any, modification: ModificationFiche) -> set[str]:
    """Return what the user is to a proposal."""
    acteurs = {GESTION} if peut_modifier_programme(utilisateur, modification.programme_vise) else set()
    if modification.par_id == utilisateur.pk and _peut_proposer(utilisateur, modification):
        acteurs.add(AUTEUR)
    return acteurs


def _peut_proposer(utilisateur: Any, modification: ModificationFiche) -> Verdict:
    if modification.creation:
        return peut_proposer_fiche(utilisateur, modification.programme_vise)
    return peut_proposer_modification(utilisateur, modification.ciblee)


def peut_corriger_modification(utilisateur: Any, modification: ModificationFiche) -> Verdict:
    """Correct a proposal: its author while it waits, the managers until its avenant is put to the vote."""
    acteurs = acteurs_de_modification(utilisateur, modification)
    if not acteurs:
        return non("Une proposition se corrige par son auteur et par les chargés de programme.")
    if modification.etat == EtatModification.PROPOSEE:
        return OUI
    en_preparation = modification.avenant is not None and modification.avenant.etat == EtatAvenant.PREPARATION
    if modification.etat == EtatModification.RETENUE and en_preparation and GESTION in acteurs:
        return OUI
    return pas_maintenant("Cette proposition ne se modifie plus.")


def peut_ecarter_modification(utilisateur: Any, modification: ModificationFiche) -> Verdict:
    """Set a proposal aside: its author and the managers, while it waits."""
    if not acteurs_de_modification(utilisateur, modification):
        return non("Une proposition s’écarte par son auteur et par les chargés de programme.")
    if modification.etat != EtatModification.PROPOSEE:
        return pas_maintenant("Seule une proposition à examiner s’écarte.")
    return OUI
