"""Steering of the offer: one page of figures, each table exported."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from parcours.statistiques.droits import peut_lire_observatoire
from parcours.statistiques.exports_gestion import tableau_de
from parcours.statistiques.gestion import GestionOffre
from pdi.socle.droits import exiger
from pdi.socle.exports import reponse_export
from pdi.socle.tri import Colonne

COLONNES = (
    Colonne("Opérateur, convention"), Colonne("Taux d’occupation", nb=True), Colonne("Coût par place", nb=True),
    Colonne("Coût par entrée", nb=True), Colonne("Coût par sortie vers un emploi", nb=True),
)  # fmt: skip
COLONNES_TERRITOIRES = (
    Colonne("Territoire"), Colonne("Prescriptions écrites", nb=True), Colonne("Entrées", nb=True),
    Colonne("Places", nb=True), Colonne("Occupation", nb=True),
)  # fmt: skip


@login_required
@require_safe
def gestion_offre(request: HttpRequest) -> HttpResponse:
    """Show occupancy, costs, what is prescribed and what is waited for."""
    exiger(peut_lire_observatoire(request.user))
    page = GestionOffre(request.user, request.GET)
    besoins = (
        Colonne("Frein"), Colonne("Offres", nb=True), *(Colonne(nom, nb=True) for nom in page.colonnes_besoins)
    )  # fmt: skip
    contexte = {
        "page": page, "filtres": page.filtres, "colonnes": COLONNES, "colonnes_territoires": COLONNES_TERRITOIRES,
        "colonnes_besoins": besoins,
        "colonnes_occupation": (Colonne("Opérateur"), *(Colonne(nom, nb=True) for nom in page.colonnes_occupation)),
    }  # fmt: skip
    return render(request, "parcours/observatoire/gestion.html", contexte)


@login_required
@require_safe
def gestion_offre_export(request: HttpRequest) -> HttpResponseBase:
    """Export one of the tables (`?tableau=`)."""
    exiger(peut_lire_observatoire(request.user))
    page = GestionOffre(request.user, request.GET)
    titre, colonnes, lignes = tableau_de(page, request.GET.get("tableau", ""))
    return reponse_export(
        request, nom=titre, titre=f"{titre}, {page.annee}", colonnes=colonnes, lignes=lignes,
        filtres=page.filtres.en_mots,
    )  # fmt: skip
