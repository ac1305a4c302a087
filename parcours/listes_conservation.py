"""What the retention page lists: files about to be archived, in the archive, about to be erased."""

from __future__ import annotations

import datetime
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.http import QueryDict

from parcours.conservation import a_archiver, a_effacer, bientot, durees, finies
from parcours.models import Personne
from parcours.querysets import PersonneQuerySet
from pdi.socle.exports import Colonne
from pdi.socle.filtres import FiltreChoix, Filtres
from pdi.socle.formats import date_courte
from pdi.socle.pagination import PageParCle
from pdi.socle.tri import Tri

ARCHIVER, ARCHIVEES, EFFACER = "archiver", "archivees", "effacer"
ETAPES = (
    (ARCHIVER, "À archiver sous 30 jours"), (ARCHIVEES, "Dans les archives"), (EFFACER, "À effacer sous 30 jours"),
)  # fmt: skip


class FiltresConservation(Filtres):
    """One step at a time; those about to be archived first."""

    etape = FiltreChoix("Étape", choix=ETAPES, vide="À archiver sous 30 jours", q=lambda _v: Q())


class ListeConservation:
    """One step of the retention, on `jour`."""

    def __init__(self, get: QueryDict, jour: datetime.date) -> None:
        """Read the query string; rows are read when asked."""
        self.get, self.jour = get, jour
        self.filtres = FiltresConservation(get)
        self.etape = self.filtres.valeurs.get("etape", ARCHIVER)
        self.tri = Tri.lire(get, {"nom": ("nom_affiche", "prenoms", "pk")}, defaut="nom")

    def _etapes(self) -> dict[str, Any]:
        horizon = bientot(self.jour)
        return {
            ARCHIVER: a_archiver(horizon),
            ARCHIVEES: finies(self.jour).filter(archivee_le__isnull=False),
            EFFACER: a_effacer(horizon),
        }

    @property
    def lignes(self) -> PersonneQuerySet:
        """Return the people of the step."""
        lignes: PersonneQuerySet = self._etapes()[self.etape].defer("nir_chiffre", "nir_empreinte", "recherche")
        return lignes

    @property
    def comptes(self) -> list[tuple[str, str, int]]:
        """Return each step with how many it holds. Three queries."""
        lues = self._etapes()
        return [(code, mots, lues[code].count()) for code, mots in ETAPES]

    @cached_property
    def page(self) -> PageParCle[Personne]:
        """Return one page, each row with `suite`: what comes next, and when."""
        page = PageParCle(self.lignes, self.tri.cles, self.get.get("curseur"))
        for ligne in page.objets:
            ligne.suite = suite(ligne)  # type: ignore[attr-defined]
        return page


def suite(personne: Any) -> str:
    """Return what comes next for a row, and when, in words."""
    d = durees()
    if personne.archivee_le is None:
        return f"Archivage le {date_courte(d.archivage(personne.fini_le))}"
    le = d.effacement(personne.archivee_le, personne.conserver_jusqu_au)
    garde = f", conservé jusqu’au {date_courte(personne.conserver_jusqu_au)}" if personne.conserver_jusqu_au else ""
    return f"Archivé le {date_courte(personne.archivee_le)}, effacement le {date_courte(le)}{garde}"


COLONNES_EXPORT = (
    Colonne("Nom de naissance", "nom_naissance", largeur=24),
    Colonne("Prénoms", "prenoms", largeur=24),
    Colonne("Date de naissance", "date_naissance", type="date", largeur=14),
    Colonne("Dossier RSA clos le", "clos_le", type="date", largeur=16),
    Colonne("Dernier contact", "dernier_contact", type="date", largeur=16),
    Colonne("Archivé le", "archivee_le", type="date", largeur=14),
    Colonne("Ce qui vient", suite, largeur=44),
)
