"""Who handles the requests of the public."""

from __future__ import annotations

from typing import Any

from parcours.models import DemandePublique, EtatDemandePublique
from parcours.querysets import ROLES_SUIVI
from parcours.regles.demandes_publiques import AUTOMATE_DEMANDE_PUBLIQUE, EQUIPE
from pdi.comptes.models import Role
from pdi.socle.droits import OUI, Verdict, non, pas_maintenant

ROLES_TRAITEMENT = (Role.REFERENT, Role.ENCADRANT, Role.AGENT_ORIENTATION)
RESERVEES = "Les demandes du public sont traitées par les référents, les encadrants et les agents d’orientation."


def peut_lister_demandes(utilisateur: Any) -> Verdict:
    """Read the queue: those who follow or supervise, and an administrator so that none is forgotten."""
    if utilisateur.is_authenticated and utilisateur.a_role(*ROLES_SUIVI):
        return OUI
    return non(RESERVEES)


def acteurs_demande(utilisateur: Any) -> frozenset[str]:
    """Return what the user is to a request read through `visibles_par`."""
    if utilisateur.is_authenticated and utilisateur.a_role(*ROLES_TRAITEMENT):
        return frozenset({EQUIPE})
    return frozenset()


def peut_agir_demande(utilisateur: Any, demande: DemandePublique, verbe: str) -> Verdict:
    """Do `verbe` on a request: the right first, the state after. An administrator reads only."""
    visible = DemandePublique.objects.visibles_par(utilisateur).filter(pk=demande.pk)
    if not acteurs_demande(utilisateur) or not visible.exists():
        return non(RESERVEES)
    transitions = [t for t in AUTOMATE_DEMANDE_PUBLIQUE.transitions if t.verbe == verbe]
    if any(t.de == demande.etat for t in transitions):
        return OUI
    etat = EtatDemandePublique(demande.etat).label.lower()
    return pas_maintenant(
        f"{transitions[0].libelle}\u00a0: impossible, la demande est maintenant «\u00a0{etat}\u00a0»."
    )
