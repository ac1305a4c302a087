"""Who may do what in governance: one verdict per act."""

from __future__ import annotations

from typing import Any

from actions.models import Programme
from actions.querysets import ROLES_GESTION
from pdi.socle.droits import OUI, Verdict, non, pas_maintenant

from .models import EtatVersion, VersionRapport
from .querysets import ROLES_TRAVAIL


def _gestion(utilisateur: Any) -> bool:
    return bool(utilisateur.is_authenticated and utilisateur.a_role(*ROLES_GESTION))


def peut_compiler(utilisateur: Any, programme: Programme) -> Verdict:
    """Compile the report of a programme for a year."""
    if programme.reference:
        return non("Ce programme d’un autre département sert de référence : son rapport ne se compile pas ici.")
    if _gestion(utilisateur):
        return OUI
    return non("Seuls les administrateurs et les chargés de programme compilent le rapport annuel.")


def peut_lire_versions_de_travail(utilisateur: Any) -> Verdict:
    """Read versions that are not published."""
    if utilisateur.is_authenticated and utilisateur.a_role(*ROLES_TRAVAIL):
        return OUI
    return non("Les versions de travail se lisent à la direction et au service qui prépare le rapport.")


def peut_intituler(utilisateur: Any, version: VersionRapport) -> Verdict:
    """Say in which meeting a working version was seen."""
    verdict = peut_compiler(utilisateur, version.rapport.programme)
    if verdict and version.etat == EtatVersion.PUBLIEE:
        return pas_maintenant("Cette version est publiée : elle ne change plus.")
    return verdict


def peut_publier(utilisateur: Any, version: VersionRapport) -> Verdict:
    """Lock a version as the report of the year."""
    if not _gestion(utilisateur) or version.rapport.programme.reference:
        return non("Seuls les administrateurs et les chargés de programme publient le rapport annuel.")
    if version.etat == EtatVersion.PUBLIEE:
        return pas_maintenant("Cette version est déjà publiée.")
    return OUI


def peut_deliberer(utilisateur: Any, version: VersionRapport) -> Verdict:
    """Record, or correct, the deliberation on a published version."""
    if not _gestion(utilisateur):
        return non("Seuls les administrateurs et les chargés de programme enregistrent la délibération.")
    if version.etat != EtatVersion.PUBLIEE:
        return pas_maintenant("La délibération s’enregistre sur la version publiée : publiez d’abord une version.")
    return OUI
