"""What one has done to many people at once: bulk actions and lots of letters, latest first, with their report."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Func, IntegerField, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from parcours.droits.affectations import peut_agir_en_lot
from parcours.droits.courriers import peut_preparer_courriers
from parcours.gestes_lot import GESTES
from parcours.models import EtatCourrier, GesteLot, Lot, LotCourriers
from pdi.socle.droits import exiger
from pdi.socle.filtres import FiltreChoix, Filtres
from pdi.socle.pagination import PageParCle
from pdi.socle.tri import Colonne, Tri

COLONNES = (
    Colonne("Action"), Colonne("Personnes", nb=True), Colonne("D’où elles viennent"), Colonne("Préparée le", "le"),
    Colonne("Compte rendu"),
)  # fmt: skip
COLONNES_COURRIERS = (
    Colonne("Modèle"), Colonne("Courriers", nb=True), Colonne("Pages", nb=True), Colonne("Préparé le", "le"),
    Colonne("Où il en est"),
)  # fmt: skip
TRIS = {"le": ("-cree_le", "-pk")}


class FiltresLots(Filtres):
    """Which act, done or not."""

    geste = FiltreChoix("Action", champ="geste", choix=GesteLot.choices, vide="Toutes")
    fait = FiltreChoix(
        "Où elle en est", choix=(("oui", "Faite"), ("non", "Préparée, pas faite")),
        q=lambda v: Q(execute_le__isnull=v == "non"),
    )  # fmt: skip


def _dire(lot: Any) -> str:
    """Return how a lot ended, in words."""
    ecartees = sum(n for _, n, _ in lot.rapport.get("ecartees", []))
    faites = lot.rapport.get("faites", 0)
    pluriel = "s" if faites > 1 else ""
    mots = f"{faites} {GESTES[lot.geste].fait}{pluriel}"
    return f"{mots}, {ecartees} écartée{'s' if ecartees > 1 else ''}" if ecartees else mots


@login_required
@never_cache
@require_GET
def lots(request: HttpRequest) -> HttpResponse:
    """List one's bulk actions, done or only prepared."""
    exiger(peut_agir_en_lot(request.user))
    filtres, tri = FiltresLots(request.GET), Tri.lire(request.GET, TRIS, defaut="le")
    siens = Lot.objects.visibles_par(request.user).select_related("traitement").defer("personnes", "saisie")
    siens = siens.annotate(combien=Func("personnes", function="CARDINALITY", output_field=IntegerField()))
    page = PageParCle(filtres.appliquer(siens), tri.cles, request.GET.get("curseur"))
    contexte = {
        "filtres": filtres, "tri": tri, "page": page, "colonnes": COLONNES,
        "lignes": [(lot, _dire(lot) if lot.execute_le else "") for lot in page.objets],
        "courriers": bool(peut_preparer_courriers(request.user)),
    }  # fmt: skip
    return render(request, "parcours/historique/lots.html", contexte)


@login_required
@never_cache
@require_GET
def courriers_lots(request: HttpRequest) -> HttpResponse:
    """List the lots of letters one has prepared."""
    exiger(peut_preparer_courriers(request.user))
    tri = Tri.lire(request.GET, TRIS, defaut="le")
    siens = LotCourriers.objects.filter(par=request.user.pk).select_related("modele", "traitement")
    siens = siens.annotate(
        combien=Count("courriers"), prets=Count("courriers", filter=Q(courriers__etat=EtatCourrier.PRET)),
        ecartes=Count("courriers", filter=Q(courriers__etat=EtatCourrier.ECARTE)),
        longs=Count("courriers", filter=Q(courriers__etat=EtatCourrier.DEBORDE)),
    )  # fmt: skip
    page = PageParCle(siens, tri.cles, request.GET.get("curseur"))
    contexte = {"tri": tri, "page": page, "colonnes": COLONNES_COURRIERS, "lots": bool(peut_agir_en_lot(request.user))}
    return render(request, "parcours/historique/courriers.html", contexte)
