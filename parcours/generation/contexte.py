"""What the drawing functions share: the source of draws, the world, the dates, the counters of ids."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable, Mapping
from typing import Any

from parcours.generation import parametres as p

from .evenements import TABLES
from .groupes import Parcours
from .hasard import Hasard, ajouter_mois
from .monde import Monde

REGIME_B = datetime.date(2025, 1, 1)


class Contexte:
    """One run. `premiers`: first free id of each table (1 by default); `total`: how many people in all."""

    def __init__(
        self,
        *,
        graine: int,
        monde: Monde,
        au: datetime.date,
        total: int,
        premiers: Mapping[type[Any], int] | None = None,
    ) -> None:
        """Prepare the counters; nothing is drawn yet."""
        self.graine, self.monde, self.au, self.total = graine, monde, au, total
        self.debut = ajouter_mois(au, -12 * p.ANNEES)
        self.hasard, self.enfance = Hasard(f"population {graine}"), Hasard(f"enfants {graine}")
        premiers = premiers or {}
        self.ids: dict[type[Any], Callable[[], int]] = {
            table: itertools.count(premiers.get(table, 1)).__next__ for table in TABLES
        }
        self.reste_a_nommer = p.PORTEFEUILLE_NOMME if monde.acteurs else 0
        # The first households are set in the référente's territory, so that her portfolio is full from the start.
        self.menages_choisis = p.PORTEFEUILLE_NOMME // 2 if monde.acteurs and total >= 500 else 0
        self.equipe = max(2, total // (40 * p.PERSONNES_PAR_REFERENT))

    def acteur(self, role: str) -> int | None:
        """Return the account that plays `role` in the demonstration."""
        acteur = self.monde.acteurs.get(role)
        return acteur.utilisateur if acteur else None

    def territoire(self, parcours: Parcours, jour: datetime.date) -> str | None:
        """Return the code of the territory where the person lives on `jour`."""
        for adresse in parcours.adresses:
            if adresse.periode.contient(jour):
                commune = self.monde.communes.get(adresse.commune_id or "")
                return commune.territoire_au(jour) if commune else None
        return None
