"""Reading of programmes: the list, the page of one and its views."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from actions.droits import peut_creer_programme
from actions.exports import colonnes_programme, lignes_programme
from actions.lecture.finances import lire_finances
from actions.lecture.gestes import gestes_programme
from actions.lecture.programmes import SERIES, PageProgramme, lire_programme, tous_les_programmes
from actions.presentation import ETATS_PROGRAMME
from pdi.socle.exports import reponse_export
from pdi.socle.relecture import relue
from pdi.socle.tri import Colonne

VUES = {"fiches": "Fiches", "bilans": "Avancement des bilans", "financement": "Financement",
        "cadres": "Autres cadres", "document": "Signataires et document"}  # fmt: skip


def _page(request: HttpRequest, code: str) -> PageProgramme:
    programme = lire_programme(request.user, code)
    if programme is None:
        raise Http404("Aucun programme lisible ne porte ce code.")
    return PageProgramme(programme, request.user, request.GET, timezone.localdate())


@login_required
@require_GET
def programmes(request: HttpRequest) -> HttpResponse:
    """List the programmes the reader may open: the département's own, then those of the others."""
    lus = tous_les_programmes(request.user)
    contexte = {
        "siens": [p for p in lus if p.departement_id == settings.DEPARTEMENT_CODE],
        "autres": [p for p in lus if p.departement_id != settings.DEPARTEMENT_CODE],
        "peut_creer": peut_creer_programme(request.user),
    }
    return render(request, "actions/lecture/programmes.html", contexte)


@login_required
@require_GET
@relue(journal="actions")
def programme(request: HttpRequest, code: str) -> HttpResponse:
    """Show a programme: fiches by axis, progress of bilans, funding, other frameworks, signatories."""
    page = _page(request, code)
    vues = {cle: nom for cle, nom in VUES.items() if cle != "bilans" or (page.suivi and page.campagne)}
    vues["fiches"] = f"Fiches par {page.mot_axe}"
    vue = request.GET.get("vue", "")
    contexte: dict[str, Any] = {
        "page": page,
        "programme": page.programme,
        "etat": ETATS_PROGRAMME[page.programme.etat],
        "vues": vues,
        "vue": vue if vue in vues else "fiches",
        "colonnes": _colonnes(page),
        "colonnes_signataires": ("Signataire", "Qualité", "Signé le"),
        "series": SERIES,
        **(_finances(page) if vue == "financement" else {}),
        "gestes": gestes_programme(request.user, page.programme, page.campagne),
    }
    return render(request, "actions/lecture/programme.html", contexte)


def _colonnes(page: PageProgramme) -> list[Colonne]:
    bilan = [Colonne(f"Bilan {page.annee}")] if page.suivi else []
    signaler = [Colonne("À signaler")] if page.suivi else []
    if page.programme.reference:
        return [Colonne("Fiche-action et pilote"), Colonne("Indicateurs", nb=True), *signaler]
    return [
        Colonne("Fiche-action et pilote"), *bilan, Colonne("Indicateurs renseignés", nb=True),
        Colonne("Cibles atteintes", nb=True), *signaler,
    ]  # fmt: skip


def _finances(page: PageProgramme) -> dict[str, Any]:
    """Return the sums of the funding view; actual amounts have columns only when one is known."""
    finances = lire_finances(page.toutes, page.branche)
    realise = (
        [] if finances.total.realise is None else [Colonne("Réalisé", nb=True), Colonne("Réalisé / prévu", nb=True)]
    )
    suite = [Colonne("Fiches", nb=True), Colonne("Prévu", nb=True), *realise, Colonne("Part du prévu")]
    premieres = {"financeur": "Financeur", "axe": page.mot_axe.capitalize(), "annee": "Année"}
    return {"finances": finances, "colonnes_finances": {cle: [Colonne(nom), *suite] for cle, nom in premieres.items()}}


@login_required
@require_GET
def programme_export(request: HttpRequest, code: str) -> HttpResponseBase:
    """Export the fiches that the filters keep, as XLSX or CSV."""
    page = _page(request, code)
    return reponse_export(
        request,
        nom=f"fiches-{code}-{page.annee}",
        titre=f"Fiches-actions – {page.programme}",
        colonnes=colonnes_programme(page.annee, suivi=page.suivi),
        lignes=lignes_programme(page.lignes, {a.pk: a for a in page.programme.axes.all()}),
        filtres=page.filtres.en_mots,
    )
