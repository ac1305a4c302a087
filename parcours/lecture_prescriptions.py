"""What the writing of a prescription reads: offers in the person's order, their filters; what answers late."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Case, Count, IntegerField, Prefetch, Q, QuerySet, Value, When
from django.http import QueryDict

from offre.filtres import FiltreMot
from offre.models import Frein, LieuOffre, OffreInsertion
from offre.regles.publics import PublicVise
from parcours.correspondances import ORDRE, Correspondance, Demande, classees, condition_ecartee, dire
from parcours.droits.prescriptions import origines_admises
from parcours.models import RegimeJuridique
from parcours.regles.delais import Regime
from parcours.regles.prescriptions import borne_sans_reponse, delai_reponse
from pdi.socle.filtres import FiltreBooleen, FiltreChoix, Filtres
from pdi.socle.pagination import PageParCle

ORDRE_A_PRESCRIRE = ("ecartee", *ORDRE)


class FiltresOffresAPrescrire(Filtres):
    """Filters of the choice of an offer."""

    mot = FiltreMot("Mot de l’offre, opérateur ou frein", champs=(), large=True)
    frein = FiltreChoix("Frein à lever", champ="freins__code")
    theme = FiltreChoix("Thème", q=lambda theme: Q(thematiques__contains=[theme]))
    public = FiltreChoix(
        "Public",
        choix=PublicVise.choices,
        q=lambda code: Q(publics_vises__contains=[code]),
    )
    places = FiltreBooleen("Places libres dans une session", si_vrai=Q(libres__gt=0))
    proche = FiltreBooleen("Dans sa commune, sur son territoire ou à distance", si_vrai=Q(proximite__lte=2))


@dataclass(frozen=True)
class Vue:
    """Offers that fit, or not, with how many there are."""

    code: str
    intitule: str
    compte: int
    url: str
    choisie: bool


class OffresAPrescrire:
    """The published offers for one person, as one reader may judge them: `entiere`, from her whole file."""

    def __init__(
        self, utilisateur: Any, get: QueryDict, demande: Demande, jour: datetime.date, *, entiere: bool
    ) -> None:
        """Read the query string; those that fit are shown first and alone, unless asked otherwise (`?voir=`)."""
        self.utilisateur, self.get, self.demande, self.jour, self.entiere = utilisateur, get, demande, jour, entiere
        self.filtres = self._filtres()
        if not entiere:
            self.filtres.retirer("proche")
        voir = get.get("voir", "")
        self.voir = voir if voir in ("ecartees", "toutes") else "conviennent"

    def _filtres(self) -> FiltresOffresAPrescrire:
        """Return the filters, the person's own obstacles named first."""
        freins, siens = list(Frein.objects.all()), self.demande.freins
        groupes = [
            ("Les freins de la personne", [(f.code, f.libelle) for f in freins if f.pk in siens]),
            ("Autres freins", [(f.code, f.libelle) for f in freins if f.pk not in siens]),
        ]
        publiees = OffreInsertion.objects.publiees().values_list("thematiques", flat=True)
        themes = sorted({t for ts in publiees for t in ts})
        choix: Any = groupes if siens else groupes[1][1]
        return FiltresOffresAPrescrire(self.get, choix={"frein": choix, "theme": [(t, t) for t in themes]})

    @cached_property
    def trouvees(self) -> QuerySet[Any]:
        """Return the offers of the filters; `ecartee`: a condition refuses the person."""
        visibles = OffreInsertion.objects.visibles_par(self.utilisateur).publiees()
        ecartee = Case(
            When(condition_ecartee(self.demande.profil), then=Value(1)), default=Value(0), output_field=IntegerField()
        )
        return self.filtres.appliquer(classees(visibles, self.demande, self.jour).annotate(ecartee=ecartee))

    @cached_property
    def vues(self) -> list[Vue]:
        """Return how many fit and do not, each a link with the same filters (one query); none without her file."""
        if not self.entiere:
            return []
        lus = self.trouvees.order_by().aggregate(toutes=Count("pk"), ecartees=Count("pk", filter=Q(ecartee=1)))
        comptes = lus | {"conviennent": lus["toutes"] - lus["ecartees"]}
        mots = {"conviennent": "Conviennent", "ecartees": "Ne conviennent pas", "toutes": "Toutes"}
        return [Vue(code, dit, comptes[code], self._url(code), code == self.voir) for code, dit in mots.items()]

    def _url(self, voir: str) -> str:
        donnees = self.get.copy()
        donnees.pop("curseur", None)
        donnees["voir"] = voir
        return f"?{donnees.urlencode()}"

    @cached_property
    def page(self) -> PageParCle[Any]:
        """Return one page of the view."""
        trouvees = self.trouvees
        if self.entiere and self.voir != "toutes":
            trouvees = trouvees.filter(ecartee=int(self.voir == "ecartees"))
        lieux = Prefetch("lieux", queryset=LieuOffre.objects.select_related("commune"))
        decrites = trouvees.prefetch_related("operateurs", "freins", lieux)
        return PageParCle(decrites, ORDRE_A_PRESCRIRE, self.get.get("curseur"))

    def lignes(self, origines: Sequence[str]) -> list[tuple[Correspondance, bool]]:
        """Return the rows of the page, each with whether it may be prescribed under one of `origines`."""
        return [(dire(o, self.demande), bool(origines_admises(o, origines))) for o in self.page.objets]


def retard_depuis(jour: datetime.date) -> datetime.date:
    """Return the day before which a prescription sent and unanswered is late today (one query)."""
    regimes = [Regime.lire(r) for r in RegimeJuridique.objects.filter(validite__contains=jour)]
    return borne_sans_reponse(delai_reponse(regimes, jour), jour)
