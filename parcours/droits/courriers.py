"""Who writes and reads letters."""

from __future__ import annotations

from typing import Any

from parcours.models import Courrier, LotCourriers, Personne
from pdi.comptes.models import Role
from pdi.socle.droits import OUI, Verdict, non

from .personnes import Acces, acces, peut_suivre

ROLES_COURRIER = (Role.ENCADRANT, Role.REFERENT, Role.AGENT_ORIENTATION)


def peut_preparer_courriers(utilisateur: Any) -> Verdict:
    """Prepare a lot of letters: those who follow or supervise; each letter is then judged person by person."""
    if utilisateur.is_authenticated and utilisateur.a_role(*ROLES_COURRIER):
        return OUI
    return non("Les courriers sont écrits par les agents qui suivent ou encadrent les personnes.")


def peut_ecrire_courrier(utilisateur: Any, personne: Personne) -> Verdict:
    """Write to one person: those who follow or supervise her."""
    return peut_suivre(utilisateur, personne)


def peut_lire_lot(utilisateur: Any, lot: LotCourriers) -> Verdict:
    """Read a lot and print it: only who prepared it, whose people they are."""
    if lot.par_id == utilisateur.pk:
        return OUI
    return non("Ce lot a été préparé par quelqu’un d’autre.")


def peut_lire_courrier(utilisateur: Any, courrier: Courrier) -> Verdict:
    """Read a letter: whoever opens the person freely. `courrier.personne` comes from `avec_acces`."""
    if acces(utilisateur, courrier.personne) is Acces.LIBRE:
        return OUI
    return non("Seuls son référent et les agents dont elle relève lisent les courriers de cette personne.")
