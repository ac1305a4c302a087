"""The list of realisations, what each kind amounts to, and their export."""

from __future__ import annotations

import datetime
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from actions.models import FicheAction
from offre.lecture_realisations import bilan_des_types
from offre.models import Convention, Realisation, TypeRealisation
from offre.regles.realisations import Valeur, dire_mesure, lire_mesures
from pdi.socle.exports import Colonne as ColonneExport
from pdi.socle.filtres import FiltreChoix, Filtres, FiltreTexte
from pdi.socle.pagination import PageParCle
from pdi.socle.tri import Colonne, Tri
from pdi.structures.models import Structure
from pdi.territoires.models import TerritoireAction

TRIS = {"date": ("debut", "pk"), "intitule": ("intitule", "pk"), "structure": ("structure__nom", "pk")}
COLONNES = (
    Colonne("Réalisation", "intitule"), Colonne("Structure", "structure"), Colonne("Date", "date"),
    Colonne("Territoire"), Colonne("Mesures"),
)  # fmt: skip


class FiltresRealisations(Filtres):
    """Filters of the list."""

    mot = FiltreTexte("Intitulé ou structure", champs=("intitule", "structure__nom", "structure__sigle"), large=True)
    type = FiltreChoix("Type", champ="type__code")
    annee = FiltreChoix("Année", q=lambda a: Q(debut__year=int(a)), vide="Toutes")
    structure = FiltreChoix("Structure", champ="structure_id", vide="Toutes")
    territoire = FiltreChoix("Territoire", champ="territoire_id")
    fiche = FiltreChoix("Fiche-action", champ="fiche_id", vide="Toutes")
    convention = FiltreChoix("Convention", champ="convention_id", vide="Toutes")


class ListeRealisations:
    """The realisations one reader may see."""

    def __init__(self, utilisateur: Any, get: Any, jour: datetime.date) -> None:
        """Read the query string; rows are read when asked."""
        self.utilisateur, self.get = utilisateur, get
        self.visibles = Realisation.objects.visibles_par(utilisateur)

        def citees(cle: str) -> Exists:
            return Exists(self.visibles.filter(**{cle: OuterRef("pk")}).order_by())

        conventions = Convention.objects.visibles_par(utilisateur)
        fiches = FicheAction.objects.visibles_par(utilisateur).filter(citees("fiche")).order_by("programme_id", "ordre")
        self.filtres = FiltresRealisations(
            get,
            choix={
                "type": list(TypeRealisation.objects.filter(actif=True).values_list("code", "libelle")),
                "annee": [(str(a), str(a)) for a in range(jour.year, jour.year - 6, -1)],
                "structure": [(s.pk, str(s)) for s in Structure.objects.filter(citees("structure")).order_by("nom")],
                "territoire": list(TerritoireAction.objects.filter(citees("territoire")).values_list("pk", "nom")),
                "fiche": [(f.pk, str(f)) for f in fiches],
                "convention": list(conventions.filter(citees("convention")).values_list("pk", "numero")),
            },
        )
        self.tri = Tri.lire(get, TRIS, defaut="-date")

    @cached_property
    def lignes(self) -> QuerySet[Realisation]:
        """Return the rows of the filter."""
        return self.filtres.appliquer(self.visibles).select_related("type", "structure", "territoire")

    @cached_property
    def page(self) -> PageParCle[Realisation]:
        """Return one page."""
        page = PageParCle(self.lignes, self.tri.cles, self.get.get("curseur"))
        for realisation in page.objets:
            realisation.dites = mesures_dites(realisation)  # type: ignore[attr-defined]
        return page

    @cached_property
    def bilan(self) -> list[tuple[TypeRealisation, int, list[Valeur]]]:
        """Return (kind, how many, its indicators) of the rows of the filter."""
        return bilan_des_types(self.filtres.appliquer(self.visibles))


def mesures_dites(realisation: Realisation) -> list[tuple[str, str]]:
    """Return (label, value in words) of what was measured."""
    mesures = lire_mesures(realisation.type.mesures)
    return [(m.libelle, d) for m in mesures if (d := dire_mesure(m, realisation.valeurs.get(m.code)))]


COLONNES_EXPORT = (
    ColonneExport("Type", "type.libelle", largeur=24),
    ColonneExport("Intitulé", "intitule", largeur=50),
    ColonneExport("Structure", "structure.nom", largeur=40),
    ColonneExport("Début", "debut", type="date", largeur=12),
    ColonneExport("Fin", "fin", type="date", largeur=12),
    ColonneExport("Territoire", "territoire.nom", largeur=24),
    ColonneExport("Mesures", lambda r: [f"{nom}\u00a0: {valeur}" for nom, valeur in mesures_dites(r)], largeur=60),
    ColonneExport("Commentaire", "commentaire", largeur=40),
    ColonneExport("Donnée de démonstration", "demonstration", largeur=10),
)
