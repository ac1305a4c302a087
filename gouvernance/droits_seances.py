"""Who has which document of a meeting."""

from __future__ import annotations

from typing import Any

from gouvernance.models import EtatSeance, Seance
from pdi.socle.droits import OUI, Verdict, non, pas_maintenant

from .droits_instances import peut_tenir_instance, tient

PROJET = "Le relevé d’une séance se lit une fois la séance close : d’ici là, c’est un projet du secrétariat."


def peut_imprimer(utilisateur: Any, seance: Seance, genre: str) -> Verdict:
    """Have a document of a visible meeting: draft minutes and the presence sheet are for who keeps the body."""
    if genre == "emargement":
        return peut_tenir_instance(utilisateur, seance.instance)
    if genre != "releve" or seance.etat == EtatSeance.TENUE:
        return OUI
    if seance.etat != EtatSeance.OUVERTE:
        return pas_maintenant("La séance n’a pas encore eu lieu : elle n’a pas de relevé.")
    return OUI if tient(utilisateur, seance.instance) else non(PROJET)


def peut_envoyer_releve(utilisateur: Any, seance: Seance) -> Verdict:
    """Send the minutes to the members: once the meeting is closed."""
    verdict = peut_tenir_instance(utilisateur, seance.instance)
    if verdict and seance.etat != EtatSeance.TENUE:
        return pas_maintenant("Le relevé s’envoie une fois la séance close.")
    return verdict
