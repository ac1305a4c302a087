"""Who holds a diagnosis. Who sees its restricted part: `voit_sante`."""

from __future__ import annotations

from typing import Any

from parcours.models import Diagnostic, Personne
from pdi.socle.droits import Verdict, pas_maintenant

from .personnes import peut_suivre

TERMINE = "Ce diagnostic est terminé : il ne se modifie plus. Commencez-en un nouveau pour noter ce qui a changé."


def peut_diagnostiquer(utilisateur: Any, personne: Personne) -> Verdict:
    """Start a diagnosis: whoever follows or supervises this path."""
    return peut_suivre(utilisateur, personne)


def peut_ecrire_diagnostic(utilisateur: Any, diagnostic: Diagnostic, personne: Personne) -> Verdict:
    """Write in a diagnosis, finish it or drop it, as long as it is a draft."""
    verdict = peut_diagnostiquer(utilisateur, personne)
    if verdict and diagnostic.termine_le is not None:
        return pas_maintenant(TERMINE)
    return verdict
