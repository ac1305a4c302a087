"""What the page of exchanges shows: what goes out, what comes in, keys, the quality of the sheets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from data_inclusion.schema.v1 import Thematique
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from offre.droits import peut_gerer_jetons, peut_importer_offre
from offre.echanges import nomenclatures as noms
from offre.echanges.export import offres_publiees
from offre.echanges.qualite import FicheJugee, juger
from offre.imports import GENRES
from offre.models import CategorieOffre, Frein, JetonApi, OffreInsertion, ReferenceExterne
from offre.operations.jetons import passages
from pdi.socle.exports import Colonne
from pdi.socle.filtres import FiltreChoix, Filtres, FiltreTexte
from pdi.socle.imports.declarations import Genre
from pdi.socle.imports.page import TONS_LOT
from pdi.socle.models import EtatLot, LotImport
from pdi.socle.pagination import PageParCle

LOTS_MONTRES, SANS_OPERATEUR_MONTREES = 5, 5


@dataclass(frozen=True)
class JetonLu:
    """A key as shown: how it stands, when it last served."""

    jeton: JetonApi
    ton: str
    icone: str
    etat: str
    dernier: Any


class PageEchanges:
    """The page of exchanges, for one reader."""

    def __init__(self, utilisateur: Any) -> None:
        """Keep the reader; rows are read when asked."""
        self.utilisateur = utilisateur
        self.peut_importer = bool(peut_importer_offre(utilisateur))
        self.peut_gerer_jetons = bool(peut_gerer_jetons(utilisateur))

    @cached_property
    def publiees(self) -> int:
        """Return how many offers are published."""
        return OffreInsertion.objects.publiees().count()

    @cached_property
    def sans_operateur(self) -> list[OffreInsertion]:
        """Return some published offers that data·inclusion cannot receive: a service belongs to a structure."""
        liens = OffreInsertion.operateurs.through.objects.filter(offreinsertion=OuterRef("pk"))
        return list(OffreInsertion.objects.publiees().filter(~Exists(liens))[:SANS_OPERATEUR_MONTREES])

    @cached_property
    def venues(self) -> int:
        """Return how many records came from partners."""
        return ReferenceExterne.objects.count()

    @cached_property
    def genres(self) -> list[Genre]:
        """Return the kinds of import of the offer, for those who may import."""
        return sorted(GENRES, key=lambda g: g.ordre) if self.peut_importer else []

    @cached_property
    def lots(self) -> list[tuple[LotImport, str, tuple[str, str]]]:
        """Return the last lots of these kinds, each with the title of its kind and its tone."""
        titres = {g.code: g.titre for g in self.genres}
        lots = LotImport.objects.visibles_par(self.utilisateur).filter(genre__in=titres).select_related("depose_par")
        return [(lot, titres[lot.genre], TONS_LOT[EtatLot(lot.etat)]) for lot in lots[:LOTS_MONTRES]]

    @cached_property
    def jetons(self) -> list[JetonLu]:
        """Return the keys, those that serve first."""
        lus = list(JetonApi.objects.visibles_par(self.utilisateur).select_related("cree_par", "revoque_par"))
        vus = passages([j.pk for j in lus])
        rangs = {"bon": 0, "veille": 1, "neutre": 2}
        return sorted((_lu(j, vus.get(j.pk)) for j in lus), key=lambda j: rangs[j.ton])

    @cached_property
    def correspondances(self) -> list[tuple[str, list[str]]]:
        """Return, for each obstacle, the themes of data·inclusion it goes out as."""
        libelles = {t.value: t.label for t in Thematique}
        return [
            (f.libelle, [libelles[t] for t in noms.THEMATIQUES_DU_FREIN.get(f.code, ())])
            for f in Frein.objects.order_by("ordre", "libelle")
        ]


def _lu(jeton: JetonApi, passage: Any) -> JetonLu:
    vus = [v for v in (jeton.dernier_usage_le, passage) if v]
    dernier = max(vus) if vus else None
    if jeton.revoque_le:
        return JetonLu(jeton, "neutre", "x-lg", "Révoqué", dernier)
    if jeton.expire_le and jeton.expire_le < timezone.localdate():
        return JetonLu(jeton, "veille", "hourglass-split", "Expiré", dernier)
    return JetonLu(jeton, "bon", "check-lg", "Valable", dernier)


# -- quality -------------------------------------------------------------------------------------------------


class FiltresQualite(Filtres):
    """Filters of the list of sheets."""

    mot = FiltreTexte("Mot de l’offre", champs=("numero", "intitule"), large=True)
    categorie = FiltreChoix("Catégorie", champ="categorie", choix=CategorieOffre.choices, vide="Toutes")


COLONNES_QUALITE = (
    Colonne("Offre", lambda f: str(f.offre), largeur=60),
    Colonne("Note sur 100", lambda f: f.qualite.points if f.qualite else None, type="nombre"),
    Colonne(
        "Ce qui la ferait monter", lambda f: [c.critere for c in f.qualite.conseils] if f.qualite else [], largeur=60
    ),
    Colonne("Laissé de côté", "raisons", largeur=60),
)  # fmt: skip


class ListeQualite:
    """The published sheets, judged a page at a time."""

    def __init__(self, get: Any) -> None:
        """Read the query string."""
        self.filtres = FiltresQualite(get)
        self._trouvees: QuerySet[OffreInsertion] = self.filtres.appliquer(offres_publiees())
        self.page = PageParCle(self._trouvees, ("ordre",), get.get("curseur"))

    @cached_property
    def fiches(self) -> list[FicheJugee]:
        """Return the sheets of the page: the quality of a sheet is that of its first service."""
        return [juger(offre) for offre in self.page.objets]

    @property
    def toutes(self) -> Iterator[FicheJugee]:
        """Yield every sheet of the filter, judged, in the order of the catalogue."""
        return map(juger, self._trouvees.order_by("ordre", "pk").iterator(500))
