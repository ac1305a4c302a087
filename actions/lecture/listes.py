"""The lists across programmes: filters, order, page, and what their rows show."""

from __future__ import annotations

import datetime
from functools import cached_property
from typing import Any

from django.contrib.postgres.lookups import Unaccent
from django.db.models import QuerySet
from django.db.models.functions import Lower

from actions.figures import Decompte
from actions.models import Axe, CadreAction, FicheAction, Indicateur, Programme, RoleFiche
from pdi.socle.grappe import avec_grappes, deballer
from pdi.socle.pagination import PageParCle
from pdi.socle.tri import Tri
from pdi.structures.models import Structure

from . import filtres as f
from .chiffres import LigneIndicateur
from .commun import PILOTES, services
from .indicateurs import (
    ANNEES_LISTE,
    TRIS,
    FiltresIndicateurs,
    annee_demandee,
    indicateurs_lisibles,
    lignes_de,
)
from .lignes import LigneFiche, a_signaler, decorer

ORDRE_FICHES = (
    "programme__reference", "-programme__annee_debut", "programme__code", "ordre", "pk",
)  # fmt: skip
TRIS_FICHES = {
    "numero": ORDRE_FICHES,
    "intitule": ("intitule_tri", "pk"),
    "statut": ("statut", *ORDRE_FICHES),
    "fin": ("fin", *ORDRE_FICHES),
}


def structures_pilotes(utilisateur: Any) -> list[Structure]:
    """Return the structures that pilot a fiche the user may read, in one query."""
    roles = RoleFiche.objects.filter(fiche__in=FicheAction.objects.visibles_par(utilisateur), type__in=f.PILOTES)
    return list(Structure.objects.filter(pk__in=roles.values("structure")).select_related("parent"))


class ListeFiches:
    """The fiches of every programme, for one reader."""

    def __init__(self, utilisateur: Any, get: Any, jour: datetime.date) -> None:
        """Read the query string; rows are read when asked."""
        self.utilisateur, self.get, self.jour = utilisateur, get, jour
        programmes = Programme.objects.visibles_par(utilisateur)
        self.filtres = f.FiltresFiches(
            get,
            choix={
                "programme": f.choix_programmes(programmes),
                "pilote": f.choix_structures(structures_pilotes(utilisateur)),
                "cadre": f.choix_cadres(CadreAction.objects.all()),
            },
        )
        self.tri = Tri.lire(get, TRIS_FICHES, defaut="numero")

    @property
    def lisibles(self) -> QuerySet[FicheAction]:
        """Return the rows of the filter."""
        visibles = FicheAction.objects.visibles_par(self.utilisateur)
        return self.filtres.appliquer(visibles.annotate(intitule_tri=Lower(Unaccent("intitule"))))

    @property
    def triees(self) -> QuerySet[FicheAction]:
        """Return the rows of the filter in the order of the list."""
        return self.lisibles.order_by(*self.tri.cles)

    @cached_property
    def page(self) -> PageParCle[FicheAction]:
        """Return one page, with the pilotes and the counts of each row."""
        lignes = decorer(self.lisibles, self.jour).select_related("programme").defer("contexte", "recherche")
        page = PageParCle(avec_grappes(lignes, PILOTES), self.tri.cles, self.get.get("curseur"))
        deballer(page.objets, PILOTES)
        return page

    @cached_property
    def lignes(self) -> list[LigneFiche]:
        """Return the rows of the page."""
        return [
            LigneFiche(
                fiche=fiche,
                services=services(fiche.roles.all()),
                bilan=None,
                decompte=Decompte(),
                signaler=a_signaler(fiche, None, Decompte(), None, self.jour.year, self.jour),
            )
            for fiche in self.page.objets
        ]


class ListeIndicateurs:
    """The indicators of every fiche, for one reader and one year."""

    def __init__(self, utilisateur: Any, get: Any, jour: datetime.date) -> None:
        """Read the query string; rows are read when asked."""
        self.utilisateur, self.get, self.jour = utilisateur, get, jour
        self.annee = annee_demandee(get.get("annee"), jour)
        programmes = list(Programme.objects.visibles_par(utilisateur))
        annees = {a for p in programmes for a in p.annees if a <= jour.year}
        choisi = next((p for p in programmes if p.code == get.get("programme")), None)
        axes = Axe.objects.filter(programme=choisi) if choisi else Axe.objects.none()
        self.filtres = FiltresIndicateurs(
            get,
            choix={
                "programme": f.choix_programmes(programmes),
                "axe": f.choix_axes(axes),
                "pilote": f.choix_structures(structures_pilotes(utilisateur)),
                "annee": [(a, str(a)) for a in sorted(annees, reverse=True)],
            },
        )
        self.tri = Tri.lire(get, TRIS, defaut="fiche")

    @property
    def premiere_annee(self) -> int:
        """Return the first year of the sparklines."""
        return self.annee - ANNEES_LISTE + 1

    @property
    def lisibles(self) -> QuerySet[Indicateur]:
        """Return the rows of the filter."""
        return self.filtres.appliquer(indicateurs_lisibles(self.utilisateur, self.annee, self.jour))

    @property
    def triees(self) -> QuerySet[Indicateur]:
        """Return the rows of the filter in the order of the list."""
        return self.lisibles.order_by(*self.tri.cles)

    @cached_property
    def page(self) -> PageParCle[Indicateur]:
        """Return one page."""
        return PageParCle(self.lisibles, self.tri.cles, self.get.get("curseur"))

    @cached_property
    def lignes(self) -> list[LigneIndicateur]:
        """Return the rows of the page with their figures."""
        return lignes_de(self.page.objets, self.annee)
