"""Where each object and each next step of a path opens. A screen that is not installed gives no link."""

from __future__ import annotations

from functools import cache

from django.urls import NoReverseMatch, reverse

from . import chronologie as c

# The page of the object behind a line of the timeline, by its own key.
OBJETS = {
    c.ENTRETIEN: "parcours:entretien", c.CONTRAT: "parcours:contrat", c.PRESCRIPTION: "parcours:prescription",
    c.AIDE: "parcours:aide", c.DIAGNOSTIC: "parcours:diagnostic", c.INSCRIPTION: "parcours:inscription",
    c.SORTIE: "parcours:sortie", c.SUIVI: "parcours:suivi", c.ORIENTATION: "parcours:orientation",
    c.REORIENTATION: "parcours:reorientation",
}  # fmt: skip


@cache
def _gabarit(nom: str) -> str:
    """Return the address of `nom` with 0 for its key, empty when there is no such screen."""
    try:
        return reverse(nom, args=[0])
    except NoReverseMatch:
        return ""


def adresse(nom: str, cle: int) -> str:
    """Return the address of the screen `nom` for the key `cle`, empty when the screen is not installed."""
    return _gabarit(nom).replace("/0/", f"/{cle}/", 1) if _gabarit(nom) else ""


def de_fait(fait: c.Fait) -> str:
    """Return the page of the object behind an event, empty when it has none."""
    if fait.genre == c.EP:
        return fait.d
    if fait.genre == c.CORRECTION:
        return adresse(OBJETS[c.ORIENTATION], int(fait.d)) if fait.d else ""
    return adresse(OBJETS[fait.genre], fait.objet) if fait.genre in OBJETS else ""
