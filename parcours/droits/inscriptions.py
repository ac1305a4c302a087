"""Who enrols people in sessions."""

from __future__ import annotations

from typing import Any

from offre.droits import acteurs_de_session
from offre.models import Session
from offre.regles.sessions import OPERATEUR as OPERATEUR_SESSION
from parcours.models import EtatInscription, Inscription, Personne
from parcours.querysets import prescriptions_adressees
from parcours.regles.inscriptions import AUTOMATE_INSCRIPTION, OPERATEUR, PRESCRIPTEUR
from pdi.comptes.models import Role
from pdi.socle.droits import OUI, Verdict, non, pas_maintenant

from .personnes import peut_lister_personnes, peut_suivre

HEURES = "noter_heures"  # no change of state: hours of somebody who has entered


def acteurs_de_l_inscription(utilisateur: Any, session: Session, personne: Personne) -> set[str]:
    """Return the codes of the actors the user is for this person and this session.

    An operator acts for the people who were sent to it by a prescription, and for nobody else.
    """
    acteurs = {PRESCRIPTEUR} if peut_suivre(utilisateur, personne) else set()
    if OPERATEUR_SESSION in acteurs_de_session(utilisateur, session.operateur_id):
        structures = utilisateur.structures_du_role(Role.PRESTATAIRE)
        if prescriptions_adressees(structures).filter(personne=personne).exists():
            acteurs.add(OPERATEUR)
    return acteurs


def peut_agir_inscription(
    utilisateur: Any, inscription: Inscription, verbe: str, *, acteurs: set[str] | None = None
) -> Verdict:
    """Do `verbe` (see AUTOMATE_INSCRIPTION, or HEURES) on an enrolment: the right first, the state after."""
    if acteurs is None:
        acteurs = acteurs_de_l_inscription(utilisateur, inscription.session, inscription.personne)
    if verbe == HEURES:
        return _peut_noter_heures(inscription, acteurs)
    transitions = [t for t in AUTOMATE_INSCRIPTION.transitions if t.verbe == verbe]
    if not any(set(t.qui) & acteurs for t in transitions):
        qui = ", ".join(AUTOMATE_INSCRIPTION.acteurs[code] for code in transitions[0].qui)
        return non(f"{transitions[0].libelle} est réservé\u00a0: {qui}.")
    if any(t.de == inscription.etat for t in transitions):
        return OUI
    etat = EtatInscription(inscription.etat).label.lower()
    return pas_maintenant(f"{transitions[0].libelle}\u00a0: impossible, l’inscription est «\u00a0{etat}\u00a0».")


def _peut_noter_heures(inscription: Inscription, acteurs: set[str]) -> Verdict:
    if not acteurs:
        return non("Les heures sont notées par l’opérateur ou par les agents qui suivent la personne.")
    if inscription.session.unite == "heures" and inscription.etat == EtatInscription.PRESENTE:
        return OUI
    return pas_maintenant("Les heures se notent quand la personne est entrée dans une session qui compte des heures.")


def peut_emarger(utilisateur: Any, session: Session) -> Verdict:
    """Print the presence sheet: who keeps the session among those who read names."""
    verdict = peut_lister_personnes(utilisateur)
    if not verdict:
        return verdict
    if OPERATEUR_SESSION in acteurs_de_session(utilisateur, session.operateur_id):
        return OUI
    if session.operateur_id is None and utilisateur.a_role(Role.ENCADRANT, Role.REFERENT, Role.AGENT_ORIENTATION):
        return OUI
    return non("La feuille de présence est imprimée par l’opérateur de la session.")
