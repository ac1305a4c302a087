"""Who prescribes, answers, ends a prescription."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from offre.models import OffreInsertion
from parcours.models import EtatPrescription, Personne, Prescription
from parcours.querysets import prescriptions_adressees
from parcours.regles.prescriptions import (
    AUTEUR,
    AUTOMATE_PRESCRIPTION,
    EN_COURS,
    OPERATEUR,
    SUIVI,
    origine_admise,
    origines_du_role,
)
from pdi.comptes.models import Role
from pdi.socle.droits import OUI, Verdict, non, pas_maintenant

from .personnes import peut_lister_personnes, peut_suivre

# A prestataire prescribes a next step to whom it received, not to whom it refused or never answered.
RECUES = (EtatPrescription.RETENUE, EtatPrescription.EN_ACTION, EtatPrescription.ACHEVEE)


def peut_prescrire(utilisateur: Any, personne: Personne) -> Verdict:
    """Prescribe to a person: those who follow or supervise her; a prestataire, when it has received her."""
    suivi = peut_suivre(utilisateur, personne)
    if suivi:
        return OUI
    structures = utilisateur.structures_du_role(Role.PRESTATAIRE) if utilisateur.is_authenticated else ()
    if not structures:
        return suivi
    if prescriptions_adressees(structures).filter(personne=personne, etat__in=RECUES).exists():
        return OUI
    return non("Vous pouvez prescrire une suite à une personne que votre structure a retenue ou reçue en action.")


def origines_ouvertes(utilisateur: Any, *, suit: bool) -> list[str]:
    """Return the origins the user may write; `suit`: as someone who follows the path, else as a prestataire."""
    roles = utilisateur.roles() - {Role.PRESTATAIRE} if suit else {Role.PRESTATAIRE}
    return origines_du_role(roles)


def origines_admises(offre: OffreInsertion, origines: Iterable[str]) -> list[str]:
    """Return those of `origines` that the offer is open to."""
    return [
        o
        for o in origines
        if origine_admise(
            o, referent=offre.prescription_referent, prestataire=offre.prescription_prestataire,
            auto=offre.auto_prescription,
        )
    ]  # fmt: skip


def acteurs_prescription(utilisateur: Any, prescription: Prescription) -> frozenset[str]:
    """Return what the user is to this prescription. Her `personne` may come from `lire_avec_acces` (no query then)."""
    acteurs = set()
    if not peut_lister_personnes(utilisateur):
        return frozenset()
    siennes = utilisateur.structures_du_role(Role.PRESTATAIRE)
    if prescription.operateur_id in siennes and prescription.transmise_le and prescription.etat != "annulee":
        acteurs.add(OPERATEUR)
    if prescription.structure_prescriptrice_id in siennes:
        acteurs.add(AUTEUR)
    if peut_suivre(utilisateur, prescription.personne):
        acteurs.add(SUIVI)
    return frozenset(acteurs)


def peut_agir_prescription(
    utilisateur: Any, prescription: Prescription, verbe: str, *, acteurs: frozenset[str] | None = None
) -> Verdict:
    """Do `verbe` (see AUTOMATE_PRESCRIPTION): the right first, the state after."""
    tenus = acteurs_prescription(utilisateur, prescription) if acteurs is None else acteurs
    transitions = [t for t in AUTOMATE_PRESCRIPTION.transitions if t.verbe == verbe]
    if not any(set(t.qui) & tenus for t in transitions):
        qui = ", ".join(AUTOMATE_PRESCRIPTION.acteurs[code] for code in transitions[0].qui)
        return non(f"{transitions[0].libelle} est réservé\u00a0: {qui}.")
    if any(t.de == prescription.etat for t in transitions):
        return OUI
    etat = EtatPrescription(prescription.etat).label.lower()
    return pas_maintenant(
        f"{transitions[0].libelle}\u00a0: impossible, la prescription est maintenant «\u00a0{etat}\u00a0»."
    )


def peut_inscrire(utilisateur: Any, prescription: Prescription, *, acteurs: frozenset[str] | None = None) -> Verdict:
    """Enrol the person of a prescription in a session of its offer: who follows her, or the operator it is sent to."""
    tenus = acteurs_prescription(utilisateur, prescription) if acteurs is None else acteurs
    if not tenus & {SUIVI, OPERATEUR}:
        return non("L’inscription est faite par les agents qui suivent la personne, ou par l’opérateur prescrit.")
    if prescription.offre_id is None:
        return pas_maintenant("Une action hors catalogue n’a pas de sessions.")
    if prescription.etat not in EN_COURS:
        etat = EtatPrescription(prescription.etat).label.lower()
        return pas_maintenant(f"La prescription est maintenant «\u00a0{etat}\u00a0».")
    return OUI
