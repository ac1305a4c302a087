"""Who may do what with accounts."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from pdi.socle.droits import OUI, Verdict, non

from .models import Habilitation, Role, Utilisateur


def peut_gerer_comptes(utilisateur: Any) -> Verdict:
    """Create, change, close accounts and give roles: administrators (and the first account of an installation)."""
    if utilisateur.is_authenticated and (utilisateur.a_role(Role.ADMINISTRATEUR) or utilisateur.is_superuser):
        return OUI
    return non("Seuls les administrateurs gèrent les comptes et les habilitations.")


def autres_administrateurs(cible: Utilisateur, *, sauf: Habilitation | None = None) -> bool:
    """Return whether somebody can still manage accounts without `cible` (or without the habilitation `sauf`)."""
    aujourd_hui = timezone.localdate()
    tenues = Habilitation.objects.au(aujourd_hui).filter(role=Role.ADMINISTRATEUR, utilisateur__is_active=True)
    if sauf is not None:
        return tenues.exclude(pk=sauf.pk).exists()
    return tenues.exclude(utilisateur=cible).exists()


def peut_desactiver(utilisateur: Any, cible: Utilisateur) -> Verdict:
    """Close an account: not one's own, nor that of the last administrator."""
    verdict = peut_gerer_comptes(utilisateur)
    if not verdict:
        return verdict
    if cible.pk == utilisateur.pk:
        return non("Vous ne pouvez pas désactiver votre propre compte : demandez-le à un autre administrateur.")
    if cible.a_role(Role.ADMINISTRATEUR) and not autres_administrateurs(cible):
        return non("C’est le dernier administrateur : nommez-en un autre avant de désactiver ce compte.")
    return OUI


def peut_retirer_habilitation(utilisateur: Any, habilitation: Habilitation) -> Verdict:
    """End a role: the last administrator keeps theirs."""
    verdict = peut_gerer_comptes(utilisateur)
    if not verdict:
        return verdict
    aujourd_hui = timezone.localdate()
    en_cours = habilitation.periode is not None and aujourd_hui in habilitation.periode
    if (
        habilitation.role == Role.ADMINISTRATEUR
        and en_cours
        and not autres_administrateurs(habilitation.utilisateur, sauf=habilitation)
    ):
        return non("C’est le dernier administrateur : nommez-en un autre avant de retirer ce rôle.")
    return OUI
