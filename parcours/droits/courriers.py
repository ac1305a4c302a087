"""Who writes and reads letters."""

from __future__ import annotations

from typing import Any

from parcours.models import Courrier, EtatCourrier, LotCourriers, Personne
from pdi.comptes.models import Role
from pdi.socle.droits import OUI, Verdict, non

from .personnes import Acces, acces, avec_acces, peut_suivre

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


def peut_imprimer_lot(utilisateur: Any, lot: LotCourriers) -> Verdict:
    """Print a lot: who prepared it, while every person it writes to may still be opened freely. Two queries."""
    if not (verdict := peut_lire_lot(utilisateur, lot)):
        return verdict
    ecrites = Personne.objects.filter(courriers__lot=lot, courriers__etat=EtatCourrier.PRET)
    lues = avec_acces(Personne.objects.visibles_par(utilisateur).filter(pk__in=ecrites.values("pk")), utilisateur)
    libres = [p for p in lues.only("pk") if acces(utilisateur, p) is Acces.LIBRE]
    if len(libres) == ecrites.count():
        return OUI
    return non("Des personnes de ce lot ne relèvent plus de vous : préparez un nouveau lot pour les autres.")


def peut_lire_courrier(utilisateur: Any, courrier: Courrier) -> Verdict:
    """Read a letter: whoever opens the person freely. `courrier.personne` comes from `avec_acces`."""
    if acces(utilisateur, courrier.personne) is Acces.LIBRE:
        return OUI
    return non("Seuls son référent et les agents dont elle relève lisent les courriers de cette personne.")
