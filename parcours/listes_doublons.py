"""The queue of files that look alike: looked for at once, then filtered and shown a page at a time."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import Q
from django.http import QueryDict

from parcours.rapprochements import Paire, paires
from pdi.socle.exports import Colonne
from pdi.socle.filtres import FiltreBooleen, Filtres, FiltreTexte
from pdi.socle.pagination import PageDeListe
from pdi.structures.regles import cle_nom

COLONNES_EXPORT = (
    Colonne("Une fiche", lambda p: str(p.une), largeur=36), Colonne("Naissance", "une.date_naissance", type="date"),
    Colonne("Commune", "une.commune", largeur=26), Colonne("L’autre fiche", lambda p: str(p.autre), largeur=36),
    Colonne("Naissance de l’autre", "autre.date_naissance", type="date"),
    Colonne("Commune de l’autre", "autre.commune", largeur=26), Colonne("Pourquoi", "raison", largeur=48),
)  # fmt: skip


class FiltresDoublons(Filtres):
    """A name, and how sure. The pairs are worked out: the list applies these itself."""

    nom = FiltreTexte("Nom ou prénom", champs=(), large=True, ephemere=True)
    sures = FiltreBooleen("Presque certains seulement", si_vrai=Q())


class ListeDoublons:
    """The pairs one reader may find."""

    def __init__(self, utilisateur: Any, get: QueryDict) -> None:
        """Read the query string; the pairs are looked for when asked."""
        self.utilisateur, self.get = utilisateur, get
        self.filtres = FiltresDoublons(get)

    @cached_property
    def toutes(self) -> list[Paire]:
        """Return every pair of the reader's scope, surest first (two queries)."""
        return paires(self.utilisateur)

    @property
    def sures(self) -> int:
        """Return how many are nearly certain."""
        return sum(p.sure for p in self.toutes)

    @cached_property
    def trouvees(self) -> list[Paire]:
        """Return the pairs of the filter: every word of the name in one of the two files."""
        mots = cle_nom(self.filtres.valeurs.get("nom", "")).split()
        seules = self.filtres.valeurs.get("sures")
        return [
            p
            for p in self.toutes
            if (p.sure or not seules) and all(any(m in cle_nom(str(f)) for f in (p.une, p.autre)) for m in mots)
        ]

    @cached_property
    def page(self) -> PageDeListe[Paire]:
        """Return one page."""
        return PageDeListe(self.trouvees, self.get.get("curseur"))
