"""The list of realisations, what each kind amounts to, and their export."""

from __future__ import annotations

import datetime
from dataclasses import replace
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from actions.models import FicheAction
from offre.droits_conventions import structures_sans_masque
from offre.lecture_realisations import bilan_des_types
from offre.masquage_realisations import Choix, mesures_cachees, totaux_caches
from offre.models import Convention, Realisation, TypeRealisation
from offre.regles.realisations import Valeur, de_personnes, dire_mesure, lire_mesures, trop_peu
from pdi.socle.exports import Colonne as ColonneExport
from pdi.socle.filtres import FiltreChoix, Filtres, FiltreTexte
from pdi.socle.masquage import MASQUE, SEUIL_INTERNE
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
        dites = MesuresDites(self.utilisateur, Realisation.objects.filter(pk__in=[r.pk for r in page.objets]))
        for realisation in page.objets:
            realisation.dites = dites(realisation)  # type: ignore[attr-defined]
        return page

    secret, seuil = MASQUE, SEUIL_INTERNE

    @property
    def masques(self) -> bool:
        """Return whether something of the page is hidden from the reader."""
        dites = (dit for r in self.page.objets for _, dit in r.dites)  # type: ignore[attr-defined]
        return MASQUE in dites or any(v.masque for _, _, valeurs in self.bilan for v in valeurs)

    @cached_property
    def bilan(self) -> list[tuple[TypeRealisation, int, list[Valeur]]]:
        """Return (kind, how many, its indicators) of the rows of the filter, as the reader may see them."""
        siennes, choisies = structures_sans_masque(self.utilisateur), self.filtres.appliquer(self.visibles)
        lus = bilan_des_types(choisies)
        if siennes is None:
            return lus
        caches = totaux_caches(choisies, siennes, self._choix)
        return [(t, n, [_masquer(t, v, caches) for v in valeurs]) for t, n, valeurs in lus]

    @property
    def _choix(self) -> Choix:
        """Return how the rows are chosen: a total of whole years tells less than one of rows picked out."""
        par = set(self.filtres.valeurs) - {"type", "annee"}
        return "annees" if not par else "cellules" if par <= {"fiche", "convention"} else "autre"

    @property
    def colonnes_export(self) -> tuple[ColonneExport, ...]:
        """Return the columns of the file, the measures as the reader may see them."""
        dites = MesuresDites(self.utilisateur, self.filtres.appliquer(self.visibles))
        mesures = ColonneExport("Mesures", lambda r: [f"{nom}\u00a0: {dit}" for nom, dit in dites(r)], largeur=60)
        return (*COLONNES_AVANT, mesures, *COLONNES_APRES)


def _masquer(genre: TypeRealisation, valeur: Valeur, caches: set[tuple[str, str]]) -> Valeur:
    i, personnes = valeur.indicateur, de_personnes(lire_mesures(genre.mesures))
    cache = {(genre.code, i.numerateur), (genre.code, i.denominateur)} & caches
    petit = trop_peu(i, personnes, valeur.compte, valeur.base, SEUIL_INTERNE)
    return replace(valeur, masque=bool(cache) or petit)


class MesuresDites:
    """(label, value in words) of what each realisation measured, for one reader: a query whatever their number."""

    def __init__(self, utilisateur: Any, realisations: QuerySet[Realisation]) -> None:
        """Read what is hidden of `realisations`."""
        siennes = structures_sans_masque(utilisateur)
        self.cachees = {} if siennes is None else mesures_cachees(realisations, siennes)

    def __call__(self, realisation: Realisation) -> list[tuple[str, str]]:
        """Return those of one of them."""
        cachees = self.cachees.get(realisation.pk, ())
        mesures = lire_mesures(realisation.type.mesures)
        dites = [(m, dire_mesure(m, realisation.valeurs.get(m.code))) for m in mesures]
        return [(m.libelle, MASQUE if m.code in cachees else dit) for m, dit in dites if dit]


COLONNES_AVANT = (
    ColonneExport("Type", "type.libelle", largeur=24),
    ColonneExport("Intitulé", "intitule", largeur=50),
    ColonneExport("Structure", "structure.nom", largeur=40),
    ColonneExport("Début", "debut", type="date", largeur=12),
    ColonneExport("Fin", "fin", type="date", largeur=12),
    ColonneExport("Territoire", "territoire.nom", largeur=24),
)
COLONNES_APRES = (
    ColonneExport("Commentaire", "commentaire", largeur=40),
    ColonneExport("Donnée de démonstration", "demonstration", largeur=10),
)
