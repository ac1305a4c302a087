"""The offers of a list on a map: gathered by commune, with those that are everywhere or at a distance beside them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Window
from django.db.models.functions import DenseRank

from offre.listes_offres import ListeOffres
from offre.models import LieuOffre, OffreInsertion
from pdi.territoires.contours import centre_de
from pdi.territoires.models import Commune

MONTREES = 6  # offers named for each commune; the others are one click away


@dataclass(frozen=True)
class OffreSituee:
    """One offer of a commune: its title, its page."""

    intitule: str
    adresse: str


@dataclass
class CommuneSituee:
    """A commune and its offers. `latitude`, `longitude`: empty when it is not on the map; `suite`: the whole list."""

    code: str
    nom: str
    total: int
    suite: str
    latitude: str = ""
    longitude: str = ""
    offres: list[OffreSituee] = field(default_factory=list)

    @property
    def en_plus(self) -> int:
        """Return how many are not named here."""
        return self.total - len(self.offres)


class Carte:
    """The offers of a list, by commune. `liste_url` is the address of the list they come from."""

    def __init__(self, liste: ListeOffres, liste_url: str) -> None:
        """Keep the list; rows are read when asked."""
        self.liste, self.liste_url = liste, liste_url

    @cached_property
    def trouvees(self) -> QuerySet[OffreInsertion]:
        """Return the offers of the filters."""
        return self.liste.trouvees.order_by()

    @cached_property
    def total(self) -> int:
        """Return how many offers the filters keep."""
        return self.trouvees.count()

    def _suite(self, commune: str) -> str:
        donnees = self.liste.get.copy()
        for nom in ("curseur", "tri"):
            donnees.pop(nom, None)
        donnees["commune"], donnees["portee"] = commune, "commune"
        return f"{self.liste_url}?{donnees.urlencode()}"

    @cached_property
    def communes(self) -> list[CommuneSituee]:
        """Return the communes where one of the offers is delivered, by name, each with its first offers.

        Three queries, whatever the number of offers.
        """
        lieux = LieuOffre.objects.filter(offre__in=self.trouvees.values("pk"), commune__isnull=False).order_by()
        comptes = dict(lieux.values("commune").annotate(n=Count("offre", distinct=True)).values_list("commune", "n"))
        situees = {
            commune.code: self._situee(commune, comptes[commune.code])
            for commune in Commune.objects.filter(pk__in=comptes).order_by("nom__unaccent", "nom")
        }
        rang = Window(DenseRank(), partition_by="commune", order_by=[F("offre__ordre").asc(), F("offre").asc()])
        premiers = lieux.annotate(rang=rang).filter(rang__lte=MONTREES)
        paires = dict.fromkeys(premiers.order_by("commune", "rang").values_list("commune", "offre"))
        offres = OffreInsertion.objects.only("pk", "intitule").in_bulk({offre for _, offre in paires})
        for commune, pk in paires:
            situees[commune].offres.append(self._offre(offres[pk]))
        return list(situees.values())

    def _situee(self, commune: Commune, total: int) -> CommuneSituee:
        centre = centre_de(commune.code)
        latitude, longitude = (f"{x:.4f}" for x in centre) if centre else ("", "")
        return CommuneSituee(commune.code, commune.nom, total, self._suite(commune.code), latitude, longitude)

    def _offre(self, offre: OffreInsertion) -> OffreSituee:
        adresse: Callable[[Any], str] = self.liste.adresse
        return OffreSituee(offre.intitule, adresse(offre))

    @cached_property
    def sans_commune(self) -> list[OffreSituee]:
        """Return the offers that no commune holds: everywhere in the département, or at a distance (one query)."""
        situees = LieuOffre.objects.filter(offre=OuterRef("pk"), commune__isnull=False)
        ailleurs = self.trouvees.filter(~Exists(situees)).order_by("ordre", "pk").only("pk", "intitule")
        return [self._offre(offre) for offre in ailleurs[:50]]
