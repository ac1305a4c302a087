"""Whom an offer is for, in a few codes that can be counted, beside the printed sentences. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models

from pdi.socle.typographie import cle_nom


class PublicVise(models.TextChoices):
    """The publics of the catalogue."""

    RSA = "rsa", "Bénéficiaires du RSA"
    JEUNES = "jeunes", "Jeunes"
    PARENTS = "parents", "Parents de jeunes enfants"
    INDEPENDANTS = "independants", "Travailleurs indépendants, créateurs"
    HANDICAP = "handicap", "Personnes en situation de handicap"
    DEMANDEURS = "demandeurs", "Demandeurs d’emploi"


# The words that recognise each of them in a printed sentence.
MOTS: dict[str, tuple[str, ...]] = {
    PublicVise.RSA: ("RSA",),
    PublicVise.JEUNES: ("jeune", "18-25 ans"),
    PublicVise.PARENTS: ("enfants",),
    PublicVise.INDEPENDANTS: ("non-salariés", "activité économique"),
    PublicVise.HANDICAP: ("handicap",),
    PublicVise.DEMANDEURS: ("demandeurs d’emploi",),
}


def publics_reconnus(phrases: Iterable[str]) -> list[str]:
    """Return the codes that printed sentences name, in the order of the list."""
    texte = cle_nom(" ".join(phrases))
    return [str(code) for code, mots in MOTS.items() if any(cle_nom(mot) in texte for mot in mots)]
