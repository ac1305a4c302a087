"""Reading of indicators: the list across programmes, the page of one."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from actions.exports import colonnes_indicateurs, lignes_indicateurs
from actions.lecture.gestes import gestes_indicateur
from actions.lecture.indicateurs import PageIndicateur, lire_indicateur
from actions.lecture.listes import ListeIndicateurs
from pdi.socle.exports import reponse_export
from pdi.socle.tri import Colonne


def _colonnes(annee: int, premiere: int) -> list[Colonne]:
    return [
        Colonne("Indicateur", "libelle"), Colonne("Fiche", "fiche"), Colonne(str(annee), nb=True),
        Colonne("Cible", nb=True), Colonne("Écart", nb=True), Colonne(f"{premiere} à {annee}"),
        Colonne("Périodicité", "periodicite"),
    ]  # fmt: skip


@login_required
@require_GET
def indicateurs(request: HttpRequest) -> HttpResponse:
    """List the indicators of every fiche the reader may open, with their figures of a year."""
    liste = ListeIndicateurs(request.user, request.GET, timezone.localdate())
    contexte = {
        "liste": liste,
        "filtres": liste.filtres,
        "tri": liste.tri,
        "page": liste.page,
        "colonnes": _colonnes(liste.annee, liste.premiere_annee),
    }
    return render(request, "actions/lecture/indicateurs.html", contexte)


@login_required
@require_GET
def indicateurs_export(request: HttpRequest) -> HttpResponseBase:
    """Export the rows of the filter, in the order of the list."""
    liste = ListeIndicateurs(request.user, request.GET, timezone.localdate())
    return reponse_export(
        request,
        nom=f"indicateurs-{liste.annee}",
        titre=f"Indicateurs {liste.annee}",
        colonnes=colonnes_indicateurs(liste.annee),
        lignes=lignes_indicateurs(liste.triees, liste.annee),
        filtres=liste.filtres.en_mots,
    )


@login_required
@require_GET
def indicateur(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an indicator: definition, chart, figures by year, due dates, every value ever entered."""
    lu = lire_indicateur(request.user, pk)
    if lu is None:
        raise Http404("Cet indicateur n’existe pas, ou votre habilitation ne permet pas de le lire.")
    page = PageIndicateur(lu, request.GET.get("annee"), timezone.localdate())
    contexte = {
        "page": page,
        "indicateur": lu,
        "fiche": page.fiche,
        "programme": page.programme,
        "gestes": gestes_indicateur(request.user, lu),
    }
    return render(request, "actions/lecture/indicateur.html", contexte)
