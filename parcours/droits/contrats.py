"""Who reads, writes, signs and decides a contract."""

from __future__ import annotations

from typing import Any

from parcours.models import Contrat, EtatContrat, Personne, TransitionContrat
from parcours.portees import portee
from parcours.regles.contrats import AUTOMATE_CONTRAT, ENCADREMENT, MODIFIABLES, SUIVI
from pdi.comptes.models import Role
from pdi.socle.droits import OUI, Verdict, non, pas_maintenant

from .personnes import ROLES_IDENTITE, peut_suivre, voit_sante

SIEN = (
    "Vous avez préparé ou soumis ce contrat : pour le valider vous-même, écrivez pourquoi personne d’autre ne le peut."
)


def peut_lister_contrats(utilisateur: Any) -> Verdict:
    """Read lists of contracts, and export them: those who follow or supervise, never a prestataire."""
    if utilisateur.is_authenticated and utilisateur.a_role(*ROLES_IDENTITE):
        return OUI
    return non("Les contrats sont lus par les agents qui suivent ou encadrent les personnes.")


def peut_preparer_contrat(utilisateur: Any, personne: Personne) -> Verdict:
    """Write a first draft: those who follow or supervise the person."""
    return peut_suivre(utilisateur, personne)


def encadre(utilisateur: Any, personne_id: int) -> bool:
    """Return whether the person is in the user's scope as encadrant (one query)."""
    condition = portee(utilisateur, Role.ENCADRANT)
    return condition is not None and Personne.objects.filter(condition, pk=personne_id).exists()


def acteurs_du_contrat(utilisateur: Any, contrat: Contrat) -> set[str]:
    """Return what the user is for this contract (two queries at most)."""
    acteurs = {SUIVI} if peut_suivre(utilisateur, contrat.personne) else set()
    return acteurs | ({ENCADREMENT} if encadre(utilisateur, contrat.personne_id) else set())


def peut_ecrire_contrat(utilisateur: Any, contrat: Contrat) -> Verdict:
    """Change the text: those who follow the person, until the contract is signed, or once it was sent back."""
    verdict = peut_suivre(utilisateur, contrat.personne)
    if not verdict or contrat.etat in MODIFIABLES:
        return verdict
    return pas_maintenant(f"Le contrat est « {contrat.get_etat_display().lower()} » : son texte ne change plus.")


def peut_changer(utilisateur: Any, contrat: Contrat, verbe: str, commentaire: str = "sans objet") -> Verdict:
    """Move the contract along its circuit by `verbe`, leaving aside what its content still misses."""
    acteurs = acteurs_du_contrat(utilisateur, contrat)
    verdict = AUTOMATE_CONTRAT.verdict(verbe, de=contrat.etat, acteurs=acteurs, commentaire=commentaire)
    permis = any(acteurs & set(t.qui) for t in AUTOMATE_CONTRAT.transitions if t.verbe == verbe)
    return verdict if verdict or not permis else pas_maintenant(verdict.motif)


def gestes_possibles(contrat: Contrat, acteurs: set[str]) -> set[str]:
    """Return the operations open to `acteurs` on the contract as it stands."""
    return {t.verbe for t in AUTOMATE_CONTRAT.depuis(contrat.etat) if acteurs & set(t.qui)}


def est_le_sien(utilisateur: Any, contrat: Contrat) -> bool:
    """Return whether the user is the référent of the contract, or the one who submitted it (one query)."""
    if contrat.referent_id == utilisateur.pk:
        return True
    soumissions = TransitionContrat.objects.filter(contrat=contrat, vers=EtatContrat.SOUMIS).order_by("-le", "-id")
    return bool(soumissions.values_list("par", flat=True).first() == utilisateur.pk)


def motif_dispense_dit(utilisateur: Any, contrat: Contrat) -> str:
    """Return the motive of the reduction as this reader may know it: health is for those who hold the diagnosis.

    `contrat.personne` comes from `avec_acces`.
    """
    if contrat.dispense_motif is None:
        return ""
    if contrat.dispense_motif.code in ("sante", "handicap", "invalidite") and not voit_sante(
        utilisateur, contrat.personne
    ):
        return "motif protégé par la loi, connu du référent"
    return contrat.dispense_motif.libelle.lower()
