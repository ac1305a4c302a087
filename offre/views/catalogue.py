"""The catalogue: list with facets, export, page of an offer, comparison."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from offre.droits_fiches import peut_creer_offre, voit_cout
from offre.exports import COLONNES_OFFRES
from offre.lecture_offre import LectureOffre, offre_lisible
from offre.listes_offres import ListeOffres
from offre.regles.comparaison import COMPAREES_MAX, comparer
from offre.versions import contenu_de
from pdi.socle.exports import reponse_export
from pdi.socle.recherches import Recherches


def liste_de(request: HttpRequest) -> ListeOffres:
    """Return the list that the query string asks for."""
    return ListeOffres(request.user, request.GET, timezone.localdate())


@login_required
@require_safe
def offres(request: HttpRequest) -> HttpResponse:
    """List the offers of the catalogue."""
    gardees = Recherches.lire(request, "offre:offres")
    if gardees.ouverture:
        return HttpResponseRedirect(gardees.ouverture)
    liste = liste_de(request)
    facettes = liste.facettes  # read first: it names the operators that the badges say
    contexte = {
        "liste": liste, "filtres": liste.filtres, "page": liste.page, "facettes": facettes, "gardees": gardees,
        "peut_creer": bool(peut_creer_offre(request.user)), "comparees_max": COMPAREES_MAX,
    }  # fmt: skip
    return render(request, "offre/offres.html", contexte)


@login_required
@require_safe
def offres_export(request: HttpRequest) -> HttpResponseBase:
    """Export the offers of the filter."""
    liste = liste_de(request)
    liste.nommer()
    return reponse_export(
        request,
        nom="offre-insertion",
        titre="Catalogue d’offres d’insertion",
        colonnes=COLONNES_OFFRES,
        lignes=liste.a_exporter,
        filtres=liste.filtres.en_mots,
    )


@login_required
@require_safe
def offre(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one offer: what it brings, whom it serves, where, when, who runs it, who may prescribe it."""
    lue = get_object_or_404(offre_lisible(request.user), pk=pk)
    return render(request, "offre/offre.html", LectureOffre(lue, request.user, timezone.localdate()).contexte)


@login_required
@require_safe
def offres_comparer(request: HttpRequest) -> HttpResponse:
    """Show up to three offers side by side; those that are not readable are left out."""
    voulues = [int(v) for v in request.GET.getlist("offre") if v.isascii() and v.isdigit() and len(v) < 10]
    rangs = {pk: rang for rang, pk in enumerate(dict.fromkeys(voulues))}
    lues: list[Any] = sorted(offre_lisible(request.user).filter(pk__in=rangs), key=lambda o: rangs[o.pk])
    comparees = lues[:COMPAREES_MAX]
    sans = () if comparees and all(voit_cout(request.user, o) for o in comparees) else ("cout",)
    contexte = {
        "offres": comparees, "sections": comparer([contenu_de(o) for o in comparees], sans),
        "ecartees": len(lues) - len(comparees), "comparees_max": COMPAREES_MAX,
    }  # fmt: skip
    return render(request, "offre/comparer.html", contexte)
