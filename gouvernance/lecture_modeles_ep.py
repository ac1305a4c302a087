"""Models of EP letters as their pages show them: versions by letter, how a text reads under each regime."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Count

from gouvernance.models import GenreLettre, ModeleLettreEP
from gouvernance.regles.lettres_ep import ecrire, exemple, valeurs
from parcours.documents.courrier import blocs_de
from parcours.models import RegimeJuridique
from parcours.regles.delais import Regime


@dataclass(frozen=True)
class Apercu:
    """A text merged about an invented file under a regime; `blocs` as ("p" or "ul", lines)."""

    code: str
    intitule: str
    objet: str
    blocs: list[tuple[str, list[str]]]


def apercus(genre: str, objet: str, corps: str, jour: datetime.date) -> list[Apercu]:
    """Return how a text reads under every regime, the latest first."""
    lus = []
    for ligne in RegimeJuridique.objects.order_by("-validite"):
        regime = Regime.lire(ligne)
        dit, paragraphes = ecrire(genre, objet, corps, valeurs(regime, exemple(regime, jour)))
        lus.append(Apercu(ligne.code, ligne.intitule, dit, blocs_de(paragraphes)))
    return lus


class LectureModele:
    """One version."""

    def __init__(self, modele: ModeleLettreEP, jour: datetime.date) -> None:
        """Keep it."""
        self.modele, self.jour = modele, jour

    @property
    def etat(self) -> tuple[str, str]:
        """Return (tone, words) of where it stands."""
        return etat_de_version(self.modele, self.jour)

    @property
    def a_venir(self) -> bool:
        """Return whether it can still be withdrawn."""
        return self.modele.a_venir(self.jour)

    @property
    def lignes(self) -> list[str]:
        """Return its text, one paragraph a line."""
        return self.modele.corps.splitlines()

    @cached_property
    def lettres(self) -> int:
        """Return how many letters were written with it."""
        return self.modele.lettres.count()

    @cached_property
    def apercus(self) -> list[Apercu]:
        """Return how it reads."""
        return apercus(self.modele.genre, self.modele.objet, self.modele.corps, self.jour)


def etat_de_version(modele: ModeleLettreEP, jour: datetime.date) -> tuple[str, str]:
    """Return (tone, words) of a version on `jour`."""
    if modele.a_venir(jour):
        return "veille", "À venir"
    return ("bon", "En vigueur") if modele.en_vigueur(jour) else ("neutre", "Remplacée")


def lettres_et_versions(jour: datetime.date) -> list[dict[str, Any]]:
    """Return each letter with its versions, latest first, and how many letters each wrote. One query."""
    lus: list[Any] = list(ModeleLettreEP.objects.select_related("par").annotate(ecrites=Count("lettres")))
    for modele in lus:
        modele.ton, modele.dit = etat_de_version(modele, jour)
    return [
        {"genre": g.value, "libelle": g.label, "versions": [m for m in lus if m.genre == g.value]} for g in GenreLettre
    ]
