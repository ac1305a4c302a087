"""Who asks for an aid, decides it, pays it; who fixes envelopes."""

from __future__ import annotations

from typing import Any

from parcours.models import AttributionAide, EtatAide, Personne
from parcours.portees import portee
from parcours.regles.attributions import AUTOMATE_AIDE, DECIDEUR, SUIVI
from pdi.comptes.models import Role
from pdi.socle.droits import OUI, Verdict, non, pas_maintenant

from .personnes import ROLES_IDENTITE, peut_suivre

ROLES_ENVELOPPES = (Role.ADMINISTRATEUR, Role.CHARGE_PROGRAMME)
LECTEURS_ENVELOPPES = (*ROLES_IDENTITE, Role.CHARGE_PROGRAMME, Role.DIRECTION)


def peut_lister_aides(utilisateur: Any) -> Verdict:
    """Read aids at all: those who follow or supervise. A prestataire sees none."""
    if utilisateur.is_authenticated and utilisateur.a_role(*ROLES_IDENTITE):
        return OUI
    return non("Les aides individuelles sont lues par les agents du Département qui suivent la personne.")


def peut_demander_aide(utilisateur: Any, personne: Personne) -> Verdict:
    """Ask for an aid: those who follow or supervise the path."""
    return peut_suivre(utilisateur, personne)


def acteurs_aide(utilisateur: Any, aide: AttributionAide) -> frozenset[str]:
    """Return what the user is to this aid."""
    acteurs = set()
    if peut_suivre(utilisateur, aide.personne):
        acteurs.add(SUIVI)
    condition = portee(utilisateur, Role.ENCADRANT) if utilisateur.is_authenticated else None
    if condition is not None and Personne.objects.filter(condition, pk=aide.personne_id).exists():
        acteurs.add(DECIDEUR)
    return frozenset(acteurs)


def peut_agir_aide(
    utilisateur: Any, aide: AttributionAide, verbe: str, *, acteurs: frozenset[str] | None = None
) -> Verdict:
    """Do `verbe` (see AUTOMATE_AIDE): the right first, the state after. Who asks does not grant."""
    tenus = acteurs_aide(utilisateur, aide) if acteurs is None else acteurs
    transitions = [t for t in AUTOMATE_AIDE.transitions if t.verbe == verbe]
    miennes = [t for t in transitions if set(t.qui) & tenus]
    if not miennes:
        qui = ", ".join(AUTOMATE_AIDE.acteurs[code] for code in transitions[0].qui)
        return non(f"{transitions[0].libelle} est réservé\u00a0: {qui}.")
    if verbe == "accorder_aide" and aide.demandee_par_id is not None and aide.demandee_par_id == utilisateur.pk:
        return non("Vous avez demandé cette aide\u00a0: quelqu’un d’autre l’accorde.")
    if any(t.de == aide.etat for t in miennes):
        return OUI
    if any(t.de == aide.etat for t in transitions):
        return non("À ce stade, seul l’encadrant de la personne peut le faire.")
    etat = EtatAide(aide.etat).label.lower()
    return pas_maintenant(f"{transitions[0].libelle}\u00a0: impossible, l’aide est maintenant «\u00a0{etat}\u00a0».")


def peut_joindre(utilisateur: Any, aide: AttributionAide) -> Verdict:
    """Attach a supporting document, as long as the aid lives."""
    suivi = peut_suivre(utilisateur, aide.personne)
    if suivi and aide.etat in (EtatAide.REFUSEE, EtatAide.ANNULEE):
        return pas_maintenant("L’aide est refusée ou annulée\u00a0: on n’y joint plus de document.")
    return suivi


def peut_lire_enveloppes(utilisateur: Any) -> Verdict:
    """Read envelopes and règlements: figures, no personal data."""
    if utilisateur.is_authenticated and utilisateur.a_role(*LECTEURS_ENVELOPPES):
        return OUI
    return non("Les enveloppes et les règlements sont lus par les agents du Département.")


def peut_fixer_enveloppe(utilisateur: Any) -> Verdict:
    """Open or change an envelope: the money of the programme."""
    if utilisateur.is_authenticated and utilisateur.a_role(*ROLES_ENVELOPPES):
        return OUI
    return non("Les enveloppes sont fixées par les chargés de programme et les administrateurs.")
