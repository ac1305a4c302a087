"""One lot: its rows and messages, corrections in place, its columns, its import, what goes back."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parcours.droits.imports import peut_importer
from parcours.forms.imports import ColonnesForm
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.exports import reponse_xlsx
from pdi.socle.formulaires import signaler
from pdi.socle.imports import application, corrections, operations, retours
from pdi.socle.imports.declarations import genre_de
from pdi.socle.imports.page import PageLot
from pdi.socle.models import LotImport
from pdi.socle.tri import Colonne

from .imports import url_lot

COLONNES = (Colonne("Ligne"), Colonne("De quoi il s’agit"), Colonne("Ce que l’import ferait"), Colonne("État"))


def _lot(request: HttpRequest, pk: int) -> LotImport:
    exiger(peut_importer(request.user))
    return get_object_or_404(LotImport.objects.visibles_par(request.user).select_related("depose_par"), pk=pk)


@login_required
@never_cache
@require_safe
def import_lot(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a lot: what is ready, what waits, and why."""
    page = PageLot(_lot(request, pk), request.GET)
    contexte = {"page": page, "lot": page.lot, "genre": page.genre, "filtres": page.filtres, "colonnes": COLONNES}
    return render(request, "parcours/imports/lot.html", contexte)


def _agir(request: HttpRequest, pk: int, action: Callable[[LotImport], str], ancre: str = "") -> HttpResponse:
    """Do something to a lot, say what was done, and come back to the same rows."""
    lot = _lot(request, pk)
    try:
        fait = action(lot)
    except RegleMetier as erreur:
        messages.warning(request, erreur.message)
    else:
        messages.success(request, fait)
    requete = urlsplit(request.POST.get("retour", "")).query
    return redirect(f"{reverse('parcours:import_lot', args=[pk])}{'?' if requete else ''}{requete}{ancre}")


def _numero(request: HttpRequest, nom: str) -> int:
    valeur = request.POST.get(nom, "")
    return int(valeur) if valeur.removeprefix("-").isascii() and valeur.removeprefix("-").isdigit() else 0


def _suite(faite: bool) -> str:
    return "Le lot est vérifié de nouveau." if faite else "Le lot se vérifie de nouveau : suivez l’avancement."


@sensitive_post_parameters("valeur")
@login_required
@require_POST
def import_corriger(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a value in place."""
    ligne = _numero(request, "ligne")

    def corriger(lot: LotImport) -> str:
        faite = corrections.corriger(
            lot=lot, ligne=ligne, colonne=request.POST.get("colonne", ""), valeur=request.POST.get("valeur", "")[:1000],
            par=request.user, url=url_lot("{pk}"),
        )  # fmt: skip
        return f"Ligne {ligne} corrigée. {_suite(faite)}"

    return _agir(request, pk, corriger, "#lignes")


@login_required
@require_POST
def import_accepter(request: HttpRequest, pk: int) -> HttpResponse:
    """Take every proposed correction."""

    def accepter(lot: LotImport) -> str:
        nombre = corrections.accepter_propositions(lot=lot, par=request.user, url=url_lot("{pk}"))
        return f"{nombre} corrections acceptées : le lot est vérifié de nouveau."

    return _agir(request, pk, accepter, "#lignes")


@login_required
@require_POST
def import_designer(request: HttpRequest, pk: int) -> HttpResponse:
    """Say who or what a row is about."""
    ligne, cible = _numero(request, "ligne"), _numero(request, "cible")

    def designer(lot: LotImport) -> str:
        faite = corrections.designer(lot=lot, ligne=ligne, cible=cible, par=request.user, url=url_lot("{pk}"))
        return f"Ligne {ligne} : choix retenu. {_suite(faite)}"

    return _agir(request, pk, designer, "#lignes")


@login_required
@require_POST
def import_verifier(request: HttpRequest, pk: int) -> HttpResponse:
    """Check the lot again."""
    return _agir(
        request, pk, lambda lot: _suite(corrections.reverifier(lot=lot, par=request.user, url=url_lot("{pk}")))
    )


@login_required
@require_POST
def import_importer(request: HttpRequest, pk: int) -> HttpResponse:
    """Launch the import of the ready rows, as many as the reader saw."""

    def lancer(lot: LotImport) -> str:
        attendues = _numero(request, "attendues")
        application.lancer_import(lot=lot, attendues=attendues, par=request.user, url=url_lot("{pk}"))
        return f"L’import de {attendues} lignes est lancé."

    return _agir(request, pk, lancer)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def import_colonnes(request: HttpRequest, pk: int) -> HttpResponse:
    """Say which header of the file is which column."""
    lot = _lot(request, pk)
    genre = genre_de(lot.genre)
    form = ColonnesForm(request.POST or None, lot=lot, genre=genre)
    if request.method == "POST" and form.is_valid():
        try:
            operations.dire_les_colonnes(
                lot=lot, correspondance=form.correspondance, par=request.user, url=url_lot("{pk}")
            )
        except RegleMetier as erreur:
            signaler(form, erreur)
        else:
            return redirect("parcours:import_lot", pk)
    statut = 422 if request.method == "POST" else 200
    contexte = {"lot": lot, "genre": genre, "form": form}
    return render(request, "parcours/imports/colonnes.html", contexte, status=statut)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def import_abandonner(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm, then delete a lot of which nothing was written."""
    lot = _lot(request, pk)
    if request.method == "POST":
        try:
            operations.abandonner(lot=lot, par=request.user)
        except RegleMetier as erreur:
            messages.warning(request, erreur.message)
            return redirect("parcours:import_lot", pk)
        messages.success(request, f"Le lot {pk} est supprimé, avec son fichier. Rien n’en avait été écrit.")
        return redirect("parcours:imports")
    contexte = {
        "titre": f"Abandonner le lot {pk} ?", "bouton": "Abandonner ce lot", "grave": True,
        "texte": "Le fichier et ses lignes sont supprimés. Rien n’en a été écrit dans les dossiers.",
        "retour": reverse("parcours:import_lot", args=[pk]),
    }  # fmt: skip
    return render(request, "components/page_confirmation.html", contexte)


@login_required
@require_safe
def import_rejets(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Download the rows left, with their reasons, ready to be corrected and deposited again."""
    lot = _lot(request, pk)
    genre = genre_de(lot.genre)
    return reponse_xlsx(
        request, nom=f"lot-{pk}-lignes-refusees", titre=f"Lignes refusées, lot {pk}",
        colonnes=retours.colonnes_rejets(genre, lot), lignes=retours.rejets(lot),
        filtres=retours.filtres_rejets(genre, lot),
    )  # fmt: skip
