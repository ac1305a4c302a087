"""Reading of fiches-actions: the list across programmes, the page of one, its history, its attachments."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from actions.droits import peut_lire_suivi
from actions.exports import COLONNES_FICHES, COLONNES_HISTORIQUE, lignes_fiches
from actions.lecture.chargement import lire_fiche
from actions.lecture.fiches import PageFiche
from actions.lecture.gestes import geste_bilan, gestes_fiche
from actions.lecture.historique import du_journal, lignes_a_exporter, lignes_du_journal
from actions.lecture.listes import ListeFiches
from actions.models import Bilan, FicheAction, PieceJointe
from pdi.socle.droits import exiger
from pdi.socle.exports import reponse_export
from pdi.socle.models import EntreeJournal
from pdi.socle.pagination import PageParCle
from pdi.socle.pieces import servir_piece
from pdi.socle.relecture import relue
from pdi.socle.tri import Colonne

COLONNES = (
    Colonne("Fiche-action et pilote", "numero"), Colonne("Programme"), Colonne("Statut", "statut"),
    Colonne("Fin prévue", "fin"), Colonne("Étapes réalisées", nb=True), Colonne("À signaler"),
)  # fmt: skip


@login_required
@require_GET
def fiches(request: HttpRequest) -> HttpResponse:
    """List the fiches of every programme the reader may open."""
    liste = ListeFiches(request.user, request.GET, timezone.localdate())
    contexte = {"liste": liste, "filtres": liste.filtres, "tri": liste.tri, "page": liste.page, "colonnes": COLONNES}
    return render(request, "actions/lecture/fiches.html", contexte)


@login_required
@require_GET
def fiches_export(request: HttpRequest) -> HttpResponseBase:
    """Export the rows of the filter, in the order of the list."""
    liste = ListeFiches(request.user, request.GET, timezone.localdate())
    return reponse_export(
        request,
        nom="fiches-actions",
        titre="Fiches-actions",
        colonnes=COLONNES_FICHES,
        lignes=lignes_fiches(liste.triees, liste.jour),
        filtres=liste.filtres.en_mots,
    )


def _page(request: HttpRequest, pk: int) -> PageFiche:
    lue = lire_fiche(request.user, pk)
    if lue is None:
        raise Http404("Cette fiche n’existe pas, ou votre habilitation ne permet pas de la lire.")
    return PageFiche(lue, request.user, request.GET.get("annee"), timezone.localdate())


@login_required
@require_GET
@relue(journal="actions")
def fiche(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a fiche: every section of its layout, figures, anomalies, bilans, history."""
    page = _page(request, pk)
    contexte: dict[str, Any] = {
        "page": page,
        "fiche": page.fiche,
        "programme": page.programme,
        "geste": geste_bilan(request.user, page.bilan_a_faire),
        "gestes": gestes_fiche(request.user, page.fiche, page.annee, page.bilan_a_faire),
    }
    return render(request, "actions/lecture/fiche.html", contexte)


@login_required
@require_GET
def fiche_historique(request: HttpRequest, pk: int) -> HttpResponse:
    """Show everything that was written about a fiche, latest first."""
    lue, entrees = _journal(request, pk)
    page = PageParCle(entrees, ["-le", "-id"], request.GET.get("curseur"))
    contexte = {
        "fiche": lue,
        "page": page,
        "lignes": lignes_du_journal(page.objets),
        "colonnes": ("Opération", "Quand", "Par", "Détail"),
        "lien_fiche": f"Fiche {lue.numero}",
    }
    return render(request, "actions/lecture/fiche_historique.html", contexte)


@login_required
@require_GET
def fiche_historique_export(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Export the history: one row a field that changed."""
    lue, entrees = _journal(request, pk)
    return reponse_export(
        request, nom=f"historique-fiche-{lue.numero}", titre=f"Historique de la fiche {lue.numero}",
        colonnes=COLONNES_HISTORIQUE, lignes=lignes_a_exporter(entrees.order_by("-le", "-id")),
    )  # fmt: skip


def _journal(request: HttpRequest, pk: int) -> tuple[FicheAction, QuerySet[EntreeJournal]]:
    """Return a fiche and what was written about it, for who may read it. Raises Http404, DroitInsuffisant."""
    lue = get_object_or_404(FicheAction.objects.visibles_par(request.user).select_related("programme"), pk=pk)
    exiger(peut_lire_suivi(request.user))
    bilans = Bilan.objects.visibles_par(request.user).filter(fiche=lue).values_list("pk", flat=True)
    return lue, du_journal(lue, bilans)


@login_required
@require_GET
def piece(request: HttpRequest, pk: int) -> FileResponse:
    """Download an attachment of a fiche the reader may open. Never shown inside the page: always a download."""
    lue = get_object_or_404(PieceJointe.objects.filter(fiche__in=FicheAction.objects.visibles_par(request.user)), pk=pk)
    return servir_piece(lue)
