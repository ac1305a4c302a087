"""Files of meetings and decisions: join, read, take back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gouvernance.droits_pieces import peut_joindre, peut_retirer, pieces_de_decisions, pieces_de_seances
from gouvernance.forms.instances import PieceForm
from gouvernance.models import Decision, PieceDecision, PieceSeance, Seance
from gouvernance.operations.pieces import joindre_piece, retirer_piece
from pdi.socle.composants import Lien
from pdi.socle.droits import exiger
from pdi.socle.formulaires import ECRITURE, envoi, mener
from pdi.socle.pieces import servir_piece

from .instances import ecrire
from .tenue_seances import chemin_seance


def _porteur(request: HttpRequest, genre: str, pk: int) -> Seance | Decision:
    if genre == "decision":
        decisions = Decision.objects.visibles_par(request.user)
        return get_object_or_404(decisions.select_related("seance__instance__territoire"), pk=pk)
    if genre == "seance":
        seances = Seance.objects.visibles_par(request.user)
        return get_object_or_404(seances.select_related("instance__territoire"), pk=pk)
    raise Http404


def _piece(request: HttpRequest, genre: str, pk: int) -> PieceSeance | PieceDecision:
    if genre == "decision":
        return get_object_or_404(pieces_de_decisions(request.user), pk=pk)
    if genre == "seance":
        return get_object_or_404(pieces_de_seances(request.user), pk=pk)
    raise Http404


@login_required
@require_safe
def piece(request: HttpRequest, genre: str, pk: int) -> FileResponse:
    """Download a file."""
    return servir_piece(_piece(request, genre, pk))


@login_required
@never_cache
@require_http_methods(ECRITURE)
def piece_joindre(request: HttpRequest, genre: str, pk: int) -> HttpResponse:
    """Join a file to a meeting or to a decision."""
    porteur: Any = _porteur(request, genre, pk)
    exiger(peut_joindre(request.user, porteur))
    form = PieceForm(envoi(request), request.FILES if request.method == "POST" else None)
    reponse = mener(
        request, form, lambda: joindre_piece(porteur=porteur, fichier=form.cleaned_data["fichier"], par=request.user),
        dit="La pièce est jointe.", vers=porteur,
    )  # fmt: skip
    if reponse:
        return reponse
    seance = porteur.seance if genre == "decision" else porteur
    suite = [Lien(f"Décision {porteur}", porteur.get_absolute_url())] if genre == "decision" else []
    return ecrire(
        request, form, titre="Joindre une pièce", bouton="Joindre la pièce", chemin=[*chemin_seance(seance), *suite],
        cote="Décision" if genre == "decision" else "Séance",
        texte="Elle se lit par tous ceux qui lisent cette page. N’y mettez pas de nom de bénéficiaire.",
    )  # fmt: skip


@login_required
@never_cache
@require_http_methods(ECRITURE)
def piece_retirer(request: HttpRequest, genre: str, pk: int) -> HttpResponse:
    """Ask, then take a file back."""
    lue = _piece(request, genre, pk)
    exiger(peut_retirer(request.user, lue))
    porteur = lue.porteur
    if request.method == "POST":
        retirer_piece(piece=lue, par=request.user)
        messages.success(request, "La pièce est retirée.")
        return redirect(porteur)
    contexte = {
        "titre": f"Retirer « {lue.nom} »", "texte": "Le fichier est effacé. Le journal garde son nom et sa taille.",
        "bouton": "Retirer la pièce", "retour": porteur.get_absolute_url(), "grave": True,
    }  # fmt: skip
    return render(request, "components/page_confirmation.html", contexte)
