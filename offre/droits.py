"""Verdicts of the second storey: sheets, sessions, conventions. What one sees is in querysets.py."""

from __future__ import annotations

from typing import Any

from offre.models import OffreInsertion, Session
from offre.querysets import ROLES_OFFRE
from offre.regles.sessions import OPERATEUR, SERVICE
from pdi.comptes.models import Role
from pdi.socle.droits import OUI, Verdict, non

RESERVE_SESSION = "Les sessions sont tenues par leur opérateur et par le service du programme."


def acteurs_de_session(utilisateur: Any, operateur: int | None) -> set[str]:
    """Return the codes of the actors the user is on a session of `operateur`."""
    if not utilisateur.is_authenticated:
        return set()
    acteurs = {SERVICE} if utilisateur.a_role(*ROLES_OFFRE) else set()
    if operateur is not None and operateur in utilisateur.structures_du_role(Role.PRESTATAIRE):
        acteurs.add(OPERATEUR)
    return acteurs


def peut_tenir_session(utilisateur: Any, session: Session) -> Verdict:
    """Change a session, its capacity, its shares; note who came."""
    return OUI if acteurs_de_session(utilisateur, session.operateur_id) else non(RESERVE_SESSION)


def peut_preparer_session(utilisateur: Any, offre: OffreInsertion) -> Verdict:
    """Prepare a session of `offre`: the service of the programme, or one of its operators, for itself."""
    if acteurs_de_session(utilisateur, None):
        return OUI
    siennes = utilisateur.structures_du_role(Role.PRESTATAIRE) if utilisateur.is_authenticated else ()
    if siennes and offre.operateurs.filter(pk__in=siennes).exists():
        return OUI
    return non(RESERVE_SESSION)


def operateurs_ouverts(utilisateur: Any, offre: OffreInsertion) -> Any:
    """Return the operators of `offre` the user may prepare a session for."""
    tous = offre.operateurs.order_by("nom")
    if utilisateur.a_role(*ROLES_OFFRE):
        return tous
    return tous.filter(pk__in=utilisateur.structures_du_role(Role.PRESTATAIRE))


RESERVE_ECHANGES = "Les échanges de données sont réservés aux administrateurs et aux chargés de programme."


def peut_voir_echanges(utilisateur: Any) -> Verdict:
    """Read the page of exchanges: what goes out, what came in, the quality of the sheets."""
    if utilisateur.is_authenticated and utilisateur.a_role(*ROLES_OFFRE):
        return OUI
    return non(RESERVE_ECHANGES)


def peut_importer_offre(utilisateur: Any) -> Verdict:
    """Import offers, sessions, conventions, a partner's file: administrators."""
    if utilisateur.is_authenticated and utilisateur.a_role(Role.ADMINISTRATEUR):
        return OUI
    return non("L’import de fichiers est réservé aux administrateurs.")


def peut_gerer_jetons(utilisateur: Any) -> Verdict:
    """Create and revoke the keys of the API: administrators."""
    if utilisateur.is_authenticated and utilisateur.a_role(Role.ADMINISTRATEUR):
        return OUI
    return non("Les jetons de l’API sont réservés aux administrateurs.")
