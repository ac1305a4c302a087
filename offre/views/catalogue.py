"""The catalogue: list, page of an offer, export."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from actions.models import FicheAction
from offre.exports import COLONNES_OFFRES
from offre.models import CategorieOffre, Frein, OffreInsertion
from pdi.socle.exports import reponse_export
from pdi.socle.filtres import Choix, Filtre, FiltreChoix, Filtres, FiltreTexte
from pdi.socle.pagination import PageParCle

# The public of a sheet is printed as prose: these are the words that recognise it.
PUBLICS = {
    "rsa": ("Bénéficiaires du RSA", ("RSA",)),
    "jeunes": ("Jeunes", ("jeune", "18-25 ans")),
    "parents": ("Parents de jeunes enfants", ("enfants",)),
    "independants": ("Travailleurs indépendants, créateurs", ("non-salariés", "activité économique")),
    "handicap": ("Personnes en situation de handicap", ("handicap",)),
    "demandeurs": ("Demandeurs d’emploi", ("demandeurs d’emploi",)),
}


@dataclass(kw_only=True)
class FiltreMot(FiltreTexte):
    """Every word somewhere in the sheet, its operators or its obstacles."""

    def condition(self, valeur: Any) -> Q:
        """Return what the scope `chercher` finds."""
        return Q(pk__in=OffreInsertion.objects.chercher(valeur).order_by().values("pk"))


@dataclass(kw_only=True)
class FiltreAge(Filtre):
    """The age of the person looked for."""

    def champ_formulaire(self, choix: Choix | None) -> forms.Field:  # noqa: ARG002
        """Return a number field."""
        return forms.IntegerField(label=self.libelle, required=False, min_value=14, max_value=110)

    def condition(self, valeur: Any) -> Q:
        """Return what the scope `pour_age` finds."""
        return Q(pk__in=OffreInsertion.objects.pour_age(valeur).order_by().values("pk"))

    def dire(self, valeur: Any, champ: forms.Field) -> str:  # noqa: ARG002
        """Return « 22 ans »."""
        return f"{valeur} ans"


class FiltresOffres(Filtres):
    """Filters of the catalogue."""

    mot = FiltreMot("Mot de l’offre, opérateur ou frein", champs=(), large=True)
    categorie = FiltreChoix("Catégorie", champ="categorie", choix=CategorieOffre.choices, vide="Toutes")
    frein = FiltreChoix("Frein à lever", champ="freins__code")
    public = FiltreChoix(
        "Public",
        choix=[(code, libelle) for code, (libelle, _) in PUBLICS.items()],
        q=lambda code: Q(pk__in=OffreInsertion.objects.pour_public(*PUBLICS[code][1]).order_by().values("pk")),
    )
    age = FiltreAge("Âge de la personne")


def _filtrer(request: HttpRequest) -> tuple[FiltresOffres, QuerySet[OffreInsertion]]:
    freins = [(f.code, f.libelle) for f in Frein.objects.all()]
    filtres = FiltresOffres(request.GET, choix={"frein": freins})
    visibles = OffreInsertion.objects.visibles_par(request.user).prefetch_related("operateurs", "freins")
    return filtres, filtres.appliquer(visibles)


@login_required
@require_safe
def offres(request: HttpRequest) -> HttpResponse:
    """List the published offers."""
    filtres, trouvees = _filtrer(request)
    page = PageParCle(trouvees, ("ordre",), request.GET.get("curseur"))
    return render(request, "offre/offres.html", {"filtres": filtres, "page": page})


@login_required
@require_safe
def offres_export(request: HttpRequest) -> HttpResponseBase:
    """Export the offers of the filter."""
    filtres, trouvees = _filtrer(request)
    return reponse_export(
        request,
        nom="offre-insertion",
        titre="Catalogue de l’offre d’insertion",
        colonnes=COLONNES_OFFRES,
        lignes=trouvees.order_by("ordre", "pk"),
        filtres=filtres.en_mots,
    )


@login_required
@require_safe
def offre(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one offer: whom it serves, on what conditions, who runs it, who may prescribe it."""
    fiches = FicheAction.objects.visibles_par(request.user).select_related("programme")
    visibles = OffreInsertion.objects.visibles_par(request.user).prefetch_related(
        "operateurs", "freins", Prefetch("fiches", queryset=fiches)
    )
    return render(request, "offre/offre.html", {"offre": get_object_or_404(visibles, pk=pk)})
