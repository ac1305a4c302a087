"""Who plans, holds and reads meetings."""

from __future__ import annotations

from typing import Any

from parcours.models import Entretien, EtatEntretien
from parcours.querysets import ROLES_SUIVI
from parcours.regles.entretiens import AUTOMATE_ENTRETIEN, SUIVI
from pdi.socle.droits import OUI, Verdict, non, pas_maintenant

from .personnes import peut_suivre

AGENDA_RESERVE = "L’agenda est réservé aux agents qui suivent des personnes ou encadrent ceux qui les suivent."


def peut_lire_agenda(utilisateur: Any) -> Verdict:
    """Read a diary, one's own or the team's, and subscribe to one's own."""
    return OUI if utilisateur.is_authenticated and utilisateur.a_role(*ROLES_SUIVI) else non(AGENDA_RESERVE)


def peut_changer_entretien(utilisateur: Any, entretien: Entretien, verbe: str, personne: Any = None) -> Verdict:
    """Move a meeting along its machine. `personne` may come from `lire_avec_acces`: it saves a query."""
    verdict = peut_suivre(utilisateur, personne or entretien.personne)
    if not verdict:
        return verdict
    if not any(t.verbe == verbe for t in AUTOMATE_ENTRETIEN.depuis(entretien.etat)):
        etat = entretien.get_etat_display().lower()
        return pas_maintenant(f"Ce rendez-vous est « {etat} » : ce geste n’est plus possible.")
    return AUTOMATE_ENTRETIEN.verdict(verbe, de=entretien.etat, acteurs=(SUIVI,), commentaire="à dire")


def peut_deplacer_entretien(utilisateur: Any, entretien: Entretien, personne: Any = None) -> Verdict:
    """Give a planned meeting another hour, place or agent."""
    verdict = peut_suivre(utilisateur, personne or entretien.personne)
    if verdict and entretien.etat != EtatEntretien.PREVU:
        return pas_maintenant("Seul un rendez-vous prévu se déplace : planifiez-en un autre.")
    return verdict


def peut_saisir_entretien(utilisateur: Any, entretien: Entretien, personne: Any = None) -> Verdict:
    """Write the account of a meeting, held now or already said to be held."""
    verdict = peut_suivre(utilisateur, personne or entretien.personne)
    if verdict and entretien.etat not in (EtatEntretien.PREVU, EtatEntretien.TENU):
        return pas_maintenant("Ce rendez-vous n’a pas eu lieu : corrigez d’abord son issue s’il a été tenu.")
    return verdict
